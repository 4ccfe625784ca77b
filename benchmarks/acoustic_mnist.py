"""The acoustic network on MNIST, over twins from crude to good, between its bounds.

Purely physical: affine encodings, passes through the virtual plate, scalar skips, ten
window means, largest wins. Each seed draws other parts of the bench, other noise and
another order of the examples. Settings were chosen on the validation images of seed 0;
every network meets the 10,000 test images once on each place. "Ideal" trains with the
gradient of the bench's own equations, "identity" without the physics.

Finished runs are kept in `benchmarks/.cache`: after an interruption, start it again.
"""

from __future__ import annotations

from functools import partial

from harness import over_seeds, percent, record
from plate_runs import Design, Plan, Specimen
from pnn_acoustic.bench import PlateBench
from twin_curve import draw

import pnn_core as pnn

SEEDS = (0, 1, 2)
DESIGN = Design(delay_samples=48, layers=5, epochs=3, lr=0.1)
TWINS = {
    "drawing": Plan(
        "plate twin, drawing alone", "plate", {"examples": 500, "steps": 0}
    ),
    "rough": Plan("plate twin, 20 records", "plate", {"examples": 20, "steps": 50}),
    "plate": Plan("plate twin, 1,000 records", "plate", {"examples": 1000}),
}
BEST = "plate"
BOUNDS = {
    "ideal": Plan("ideal backpropagation", "ideal"),
    "identity": Plan("no physics (identity)", "identity"),
}
COLUMNS = ("gap", "pat_device", "in_silico_device", "in_silico_twin")


def measured(seed: int) -> dict[str, float]:
    """Return every figure of one seed."""
    specimen = Specimen(DESIGN, seed, pnn.get("task", "mnist-14x14")().load())
    found = {}
    for name, plan in (TWINS | BOUNDS).items():
        print(f"seed {seed}, {plan.label}", flush=True)
        for figure, value in specimen.figures(name, plan).items():
            found[name if figure == "device" else f"{name}_{figure}"] = value
    return found


def main() -> None:
    """Train everything, print one table, write the result and the picture."""
    runs = [measured(seed) for seed in SEEDS]
    figures = over_seeds(runs, SEEDS)
    for name in (
        "gap",
        "pat_device",
        "in_silico_device",
        "in_silico_twin",
        "pat_seed_s",
    ):
        figures[name] = figures[f"{BEST}_{name}"]

    shown = partial(percent, figures)
    rows = [
        [plan.label, *(shown(f"{name}_{column}") for column in COLUMNS)]
        for name, plan in TWINS.items()
    ]
    rows.append([BOUNDS["ideal"].label, shown("ideal_gap"), shown("ideal"), "", ""])
    rows.append([f"{BOUNDS['identity'].label}: {shown('identity')}", "", "", "", ""])
    rows.append([conditions(), "", "", "", ""])
    columns = ["virtual bench, MNIST", "gap", "PAT, on device"]
    columns += ["in silico, on device", "in silico, on its twin"]
    record("acoustic_mnist", columns, rows, figures)
    draw({name: plan.label for name, plan in TWINS.items()}, figures)


def conditions() -> str:
    """Return the bench's imperfections and the network's design, in one line."""
    bench = PlateBench().config
    return (
        f"noise {1e3 * bench.noise_v:g} mV of 1 V, detuning {bench.detuning:.0%}, "
        f"damping ± {bench.damping_spread:.0%}, gains ± {bench.gain_spread:.0%}; "
        f"recorder {DESIGN.delay_samples} samples late; "
        f"{DESIGN.layers} layers, {DESIGN.epochs} passes over 54,001 images"
    )


if __name__ == "__main__":
    main()
