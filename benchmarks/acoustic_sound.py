"""Training through a sound server: the unmodified driver, and the plate at its far end.

4,000 MNIST images to train on and the first 1,000 test images, at a JACK server that
runs free. The networks that physics-aware training leaves are then measured on the
in-process bench with the same parts, without being touched. Each seed draws other
parts, other noise and another order of the examples. Depth and schedule were chosen on
validation images of seed 0, on the in-process bench.

Finished runs are kept in `benchmarks/.cache`: after an interruption, start it again.
"""

from __future__ import annotations

from functools import partial

from harness import over_seeds, percent, record
from plate_runs import Plan
from sound_runs import Design, Rig

SEEDS = (0, 1, 2)
TWINS = {
    "drawing": Plan(
        "plate twin, drawing alone", "plate", {"examples": 500, "steps": 0}
    ),
    "rough": Plan("plate twin, 20 records", "plate", {"examples": 20, "steps": 50}),
    "calibrated": Plan("plate twin, 500 records", "plate", {"examples": 500}),
}
IDENTITY = Plan("no physics (identity)", "identity")
COLUMNS = ("gap", "pat_device", "in_silico_device", "in_silico_twin", "pat_bench")


def measured(seed: int) -> dict[str, float]:
    """Return every figure of one seed."""
    rig, found = Rig(Design(), seed), {}
    for name, plan in TWINS.items():
        print(f"seed {seed}, {plan.label}", flush=True)
        for figure, value in rig.figures(name, plan).items():
            found[f"{name}_{figure}"] = value
    return found | {"identity": rig.figures("identity", IDENTITY)["device"]}


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
    figures["largest_remeasured_share"] = max(
        run[f"{name}_remeasured_share"] for run in runs for name in TWINS
    )

    shown = partial(percent, figures)
    rows = [
        [plan.label, *(shown(f"{name}_{column}") for column in COLUMNS)]
        for name, plan in TWINS.items()
    ]
    rows.append([f"{IDENTITY.label}: {shown('identity')}", *[""] * len(COLUMNS)])
    columns = ["virtual bench behind JACK, MNIST", "gap", "PAT, through the server"]
    columns += ["in silico, through the server", "in silico, on its twin"]
    columns += ["the same PAT network, in process"]
    record("acoustic_sound", columns, rows, figures)


if __name__ == "__main__":
    main()
