"""Seven vowels in the virtual tank: physics-aware, in silico, and without physics.

Four passes through the tank, seven windows of what its gauges record, largest wins;
nothing digital is trained but each encoder's gains and offsets, each skip's scalar gain
and one temperature. Stratified splits of the tokens, each on another specimen of the
bench. Design and schedule were chosen on validation tokens; every network meets its
test tokens once on each place. Finished runs are kept in benchmarks/.cache: after an
interruption, start it again.
"""

from __future__ import annotations

import os

os.environ.setdefault("NUMBA_NUM_THREADS", "1")

from fluid_runs import Plan, figures
from harness import ROOT, over_seeds, percent, record
from linear_baseline import linear_accuracy
from pnn_fluid.bench import TankBench

from pnn_core.experiment import Experiment, Part

SEEDS = tuple(range(5))
PLANS = {
    "drawn": Plan("linear waves, drawing alone", calibration={"steps": 0}),
    "calibrated": Plan("linear waves, 1,000 records"),
    "learned": Plan(
        "learned twin, 4,000 records",
        "learned",
        {"examples": 4000, "steps": 1000, "lr": 0.01},
    ),
    "digital": Plan("no physics", calibration={"steps": 0}, trainers=("identity",)),
}


def measured(base: Experiment, seed: int) -> dict[str, float]:
    """Return every figure of one split of the tokens, and one specimen."""
    task = base.task.settings | {"split": "stratified", "split_seed": seed}
    design = base.model_copy(update={"task": Part(name=base.task.name, **task)})
    splits = design.build_task().load()
    found = {"linear": linear_accuracy(splits)}
    for name, plan in PLANS.items():
        path = f"fluid_vowels/{name}-seed{seed}"
        for figure, value in figures(path, plan, design, splits, seed).items():
            found[f"{name}_{figure}"] = value
    print(f"split {seed}: {found}", flush=True)
    return found


def imperfections() -> str:
    """Return what the bench has and the drawing has not, in one line."""
    c = TankBench().config
    return (
        f"depth ± {1e3 * c.fill_m:g} mm, bottom ± {1e3 * c.bottom_m:g} mm, servos ± "
        f"{c.servo_spread:.0%}, gains ± {c.gain_spread:.0%}, friction factor "
        f"{c.friction_factor:g}, noise {1e3 * c.noise_m:g} mm"
    )


def main() -> None:
    """Run what is not yet in the cache, print one table, write it."""
    base = Experiment.load(
        ROOT / "plugins" / "fluid" / "examples" / "fluid-vowels.toml"
    )
    found = over_seeds([measured(base, seed) for seed in SEEDS], SEEDS)
    found["identity"] = found["digital_identity_identity"]
    for figure in COLUMNS[1:]:
        found[figure] = found[f"calibrated_{figure}"]
    rows = [
        [PLANS[name].label, *(percent(found, f"{name}_{c}") for c in COLUMNS)]
        for name in ("drawn", "calibrated", "learned")
    ]
    rows += [
        [f"{label}: {percent(found, name)}", *("" for _ in COLUMNS)]
        for label, name in (
            ("no physics (identity)", "identity"),
            ("digital: logistic regression on the 12 formants", "linear"),
        )
    ]
    rows.append([imperfections(), *("" for _ in COLUMNS)])
    columns = [f"virtual bench, vowels, {len(SEEDS)} splits", "gap", "PAT, on device"]
    columns += ["in silico, on device", "in silico, on its twin"]
    record("fluid_vowels", columns, rows, found)


COLUMNS = ("gap", "pat_device", "in_silico_device", "in_silico_twin")

if __name__ == "__main__":
    main()
