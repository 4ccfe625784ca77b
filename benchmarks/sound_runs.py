"""The runs behind `acoustic_sound`: networks on one plate behind a sound server."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pnn_acoustic
import pnn_tasks
from cached import cached, checksum
from plate_runs import Plan
from pnn_acoustic.bench import PlateBench
from pnn_acoustic.card.device import PlateDevice
from pnn_acoustic.sound_bench.server import SoundBench
from pnn_acoustic.twin import PlateTwin
from torch import nn

import pnn_core as pnn
from pnn_core.evaluation import evaluate
from pnn_core.layer import Where, forwarding, measuring_on
from pnn_core.network import physical_network
from pnn_core.run import versions
from pnn_core.task import Split

CODE = checksum(
    [
        Path(__file__),
        *Path(pnn_acoustic.__path__[0]).rglob("*.py"),
        *Path(pnn_tasks.__path__[0]).glob("*.py"),
        *Path(pnn.__path__[0]).glob("*.py"),
    ]
)

CLIPS = {"clipped_share": 1.0}
"""A twin may lead the plate to where its recorder clips; in process it clips too."""

Figures = dict[str, float]


@dataclass(frozen=True)
class Design:
    """What the experimenter chose: data, depth, start and schedule."""

    train: int = 4000
    test: int = 1000
    layers: int = 3
    epochs: int = 5
    lr: float = 0.1
    batch_size: int = 50
    encoder_gain: float = 0.3
    skip_gain: float = 1.0


class Rig:
    """One specimen of the plate, by its seed, behind JACK and in process."""

    def __init__(self, design: Design, seed: int) -> None:
        self.design, self.seed = design, seed
        splits = pnn.get("task", "mnist-14x14")().load()
        self.classes = len(splits.classes)
        self.train = first(splits.train, design.train)
        self.test = first(splits.test, design.test)

    def figures(self, name: str, plan: Plan) -> Figures:
        """Return what one plan achieved, from the cache if it is there."""
        settings: dict[str, Any] = {
            "design": asdict(self.design),
            "seed": self.seed,
            "plan": asdict(plan),
            "versions": versions(),
            "code": CODE,
        }
        path = f"acoustic_sound/{name}-seed{self.seed}"
        return cached(path, settings, lambda: self._run(plan))

    def _run(self, plan: Plan) -> Figures:
        specimen = {"part_seed": self.seed, "seed": self.seed}
        bench = PlateBench(**specimen)
        if plan.twin == "identity":
            network = self._trained("identity", bench, PlateTwin(bench))
            return {"device": self._accuracy(network, "identity")}
        with SoundBench(**specimen), PlateDevice(**CLIPS) as plate, bench:
            twin = PlateTwin(plate)
            gap = pnn.calibrate(twin, plate, seed=self.seed, **plan.calibration).gap
            network = self._trained("pat", plate, twin)
            found = {"gap": gap, "pat_device": self._accuracy(network, "device")}
            with measuring_on(network, bench):
                found["pat_bench"] = self._accuracy(network, "device")
            network = self._trained("in-silico", plate, twin)
            found["in_silico_device"] = self._accuracy(network, "device")
            found["in_silico_twin"] = self._accuracy(network, "twin")
            found["remeasured_share"] = plate.remeasured / plate.usage.examples
            return found

    def _trained(self, trainer: str, device: pnn.Device, twin: pnn.Twin) -> nn.Module:
        design = self.design
        network = physical_network(
            device,
            twin,
            layers=design.layers,
            classes=self.classes,
            encoder=partial(pnn.AffineEncoder, gain=design.encoder_gain),
            skip_gain=design.skip_gain,
        )
        pnn.get("trainer", trainer)(
            epochs=design.epochs,
            lr=design.lr,
            batch_size=design.batch_size,
            seed=self.seed,
        ).fit(network, self.train)
        return network

    def _accuracy(self, network: nn.Module, where: Where) -> float:
        """Return the accuracy on the test images."""
        with forwarding(network, where):
            return evaluate(network, self.test, classes=self.classes).accuracy


def first(split: Split, images: int) -> Split:
    """Return the first images of a split."""
    return Split(split.features[:images], split.labels[:images])
