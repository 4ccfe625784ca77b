"""Seven vowels on the virtual crystal: physics-aware, in silico, and without physics.

Five passes through the crystal, seven bands of its spectrum, largest wins; nothing
digital is trained but each skip's scalar gain and one temperature. 20 stratified
splits, each on another specimen of the bench, and the split of the authors of the task
on five. Design and schedule were chosen on validation tokens; every network meets its
test tokens once on each place.

Finished runs are kept in benchmarks/.cache: after an interruption, start it again.
"""

from __future__ import annotations

from crystal_runs import EXAMPLES, Plan, figures, imperfections
from harness import over_seeds, percent, record
from linear_baseline import linear_accuracy

from pnn_core.experiment import Experiment, Part

SPLITS = {"stratified": range(20), "authors": range(5)}
PLANS = {
    "pat": Plan("calibrated twin, PAT", "pat"),
    "in_silico": Plan("calibrated twin, in silico", "in-silico"),
    "drawn_pat": Plan("drawing alone, PAT", "pat", calibrated=False),
    "drawn_in_silico": Plan("drawing alone, in silico", "in-silico", calibrated=False),
    "identity": Plan("no physics (identity)", "identity", calibrated=False),
}
LINEAR = "linear"


def measured(base: Experiment, split: str, seed: int) -> dict[str, float]:
    """Return every figure of one split of the tokens, and one specimen."""
    settings = base.task.settings | {"split": split}
    if split == "stratified":
        settings["split_seed"] = seed
    design = base.model_copy(update={"task": Part(name=base.task.name, **settings)})
    splits = design.build_task().load()
    found = {}
    for name, plan in PLANS.items():
        path = f"optical_vowels/{split}{seed:02}-{name}"
        for figure, value in figures(path, plan, design, splits, seed).items():
            found[f"{name}_{figure}"] = value
    found[f"{LINEAR}_device"] = linear_accuracy(splits)
    shown = {name: found[f"{name}_device"] for name in (*PLANS, LINEAR)}
    print(f"{split} {seed}: {shown}", flush=True)
    return found


def main() -> None:
    """Run what is not yet in the cache, print one table, write it."""
    base = Experiment.load(EXAMPLES / "optical-vowels.toml")
    over = {
        split: over_seeds([measured(base, split, seed) for seed in seeds], seeds)
        for split, seeds in SPLITS.items()
    }
    found = over["stratified"] | {
        f"authors_{name}": figure for name, figure in over["authors"].items()
    }
    found["identity"] = found["identity_device"]
    labels = {name: plan.label for name, plan in PLANS.items()}
    labels[LINEAR] = "digital: logistic regression on the 12 formants"
    rows = [
        [label, *(percent(found, c.format(name)) for c in COLUMNS)]
        for name, label in labels.items()
    ]
    rows.append([imperfections(), *("" for _ in COLUMNS)])
    columns = ["virtual bench, vowels", "gap", "on device, 20 splits"]
    columns += ["on its twin", "on device, authors' split"]
    record("optical_vowels", columns, rows, found)


COLUMNS = ("{}_gap", "{}_device", "{}_twin", "authors_{}_device")

if __name__ == "__main__":
    main()
