"""Training through a sound server: the unmodified driver, and the plate at its far end.

1,000 MNIST images to train on and 1,000 test images, at a JACK server that runs free.
The networks that physics-aware training leaves are then measured on the in-process
bench with the same parts, without being touched. Each seed draws other parts, other
noise and another order of the examples. Depth and schedule were chosen on validation
images, on the in-process bench.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import partial
from typing import Any

from harness import over_seeds, percent, record
from pnn_acoustic.bench import PlateBench
from pnn_acoustic.card.device import PlateDevice
from pnn_acoustic.sound_bench.server import SoundBench
from pnn_acoustic.twin import PlateTwin
from torch import nn

import pnn_core as pnn
from pnn_core.evaluation import evaluate
from pnn_core.layer import PhysicalLayer, Where, forwarding
from pnn_core.network import physical_network
from pnn_core.task import Split

SEEDS = (0, 1, 2)
IMAGES = 1000
LAYERS, EPOCHS, LR, BATCH = 3, 20, 0.1, 100
TWINS: dict[str, tuple[str, dict[str, Any]]] = {
    "crude": ("plate twin, drawing alone", {"examples": 200, "steps": 0}),
    "calibrated": ("plate twin, 500 records", {"examples": 500}),
}
CLIPS = {"clipped_share": 1.0}
"""A crude twin drives the plate until its recorder clips, and so does the bench's."""
COLUMNS = ("gap", "pat_device", "in_silico_device", "in_silico_twin", "pat_bench")


def first(split: Split) -> Split:
    """Return the first images of a split."""
    return Split(split.features[:IMAGES], split.labels[:IMAGES])


def measured(seed: int) -> dict[str, float]:
    """Return every figure of one seed."""
    splits = pnn.get("task", "mnist-14x14")().load()
    train, test = first(splits.train), first(splits.test)

    def trained(trainer: str, device: pnn.Device, twin: pnn.Twin) -> nn.Module:
        network = physical_network(device, twin, layers=LAYERS, classes=10)
        settings = {"epochs": EPOCHS, "lr": LR, "batch_size": BATCH, "seed": seed}
        pnn.get("trainer", trainer)(**settings).fit(network, train)
        return network

    def accuracy(network: nn.Module, where: Where) -> float:
        with forwarding(network, where):
            return evaluate(network, test, classes=10).accuracy

    found: dict[str, float] = {}
    bench = PlateBench(part_seed=seed, seed=seed)
    server = SoundBench(part_seed=seed, seed=seed)
    with server, PlateDevice(**CLIPS) as plate, bench:
        for name, (label, calibration) in TWINS.items():
            print(f"seed {seed}, {label}", flush=True)
            twin = PlateTwin(plate)
            gap = pnn.calibrate(twin, plate, seed=seed, **calibration).gap
            network = trained("pat", plate, twin)
            found[f"{name}_gap"] = gap
            found[f"{name}_pat_device"] = accuracy(network, "device")
            found[f"{name}_pat_bench"] = accuracy(moved(network, bench), "device")
            network = trained("in-silico", plate, twin)
            found[f"{name}_in_silico_device"] = accuracy(network, "device")
            found[f"{name}_in_silico_twin"] = accuracy(network, "twin")
        network = trained("identity", plate, PlateTwin(plate))
        found["remeasured_share"] = plate.remeasured / plate.usage.examples
    return found | {"identity": accuracy(network, "identity")}


def moved(network: nn.Module, device: pnn.Device) -> nn.Module:
    """Return a copy of a network whose layers run on another device."""
    network = copy.deepcopy(network)
    for layer in physical(network):
        layer.device = device
    return network


def physical(network: nn.Module) -> Iterator[PhysicalLayer]:
    """Yield the layers that run on a device."""
    return (m for m in network.modules() if isinstance(m, PhysicalLayer))


def main() -> None:
    """Train everything, print one table, write the result."""
    runs = [measured(seed) for seed in SEEDS]
    figures = over_seeds(runs, SEEDS)
    for name in ("pat_device", "in_silico_device", "in_silico_twin"):
        figures[name] = figures[f"calibrated_{name}"]
    figures["largest_move_points"] = max(
        100 * abs(run[f"{name}_pat_device"] - run[f"{name}_pat_bench"])
        for run in runs
        for name in TWINS
    )

    shown = partial(percent, figures)
    rows = [
        [label, *(shown(f"{name}_{column}") for column in COLUMNS)]
        for name, (label, _) in TWINS.items()
    ]
    rows.append([f"no physics (identity): {shown('identity')}", *[""] * len(COLUMNS)])
    columns = ["virtual bench behind JACK, MNIST", "gap", "PAT, through the server"]
    columns += ["in silico, through the server", "in silico, on its twin"]
    columns += ["the same PAT network, in process"]
    record("acoustic_sound", columns, rows, figures)


if __name__ == "__main__":
    main()
