"""MNIST on the virtual crystal, hybrid: physics-aware, in silico, without physics.

A trained digital linear map into four pulses, the crystal, and that again; the logits
are ten bands of the spectrum, averaged over the four pulses. The network "without
physics" is the same with the crystal left out. Three specimens of the bench; design and
schedule were chosen on validation images; every network meets the 10,000 test images
once on each place. To the training images come copies, shifted by up to a pixel of 14.

Finished runs are kept in benchmarks/.cache: after an interruption, start it again.
"""

from __future__ import annotations

from crystal_runs import EXAMPLES, Plan, figures, imperfections
from harness import over_seeds, percent, record
from shifted_images import with_shifted

from pnn_core.experiment import Experiment, Part

SEEDS = (0, 1, 2)
COPIES = 3
PLANS = {
    "pat": Plan("calibrated twin, PAT", "pat"),
    "in_silico": Plan("calibrated twin, in silico", "in-silico"),
    "identity": Plan("no physics (identity)", "identity", calibrated=False),
}


def design() -> Experiment:
    """Return the example's experiment, with as many passes over more images."""
    base = Experiment.load(EXAMPLES / "optical-mnist.toml")
    trainer = base.trainer.settings
    trainer = trainer | {"epochs": trainer["epochs"] // (1 + COPIES)}
    return base.model_copy(update={"trainer": Part(name="pat", **trainer)})


def main() -> None:
    """Run every plan that is not yet in the cache, print one table, write it."""
    base = design()
    splits = with_shifted(base.build_task().load(), COPIES)
    found: dict[str, list[dict[str, float]]] = {name: [] for name in PLANS}
    for name, plan in PLANS.items():
        for seed in SEEDS:
            path = f"optical_mnist/{name}-seed{seed}"
            got = figures(path, plan, base, splits, seed)
            found[name].append(got)
            print(f"{plan.label}, seed {seed}: {got}", flush=True)
    over = {
        f"{name}_{what}": figure
        for name, runs in found.items()
        for what, figure in over_seeds(runs, SEEDS).items()
    }
    rows = [
        [plan.label, *(percent(over, f"{name}_{c}") for c in COLUMNS)]
        for name, plan in PLANS.items()
    ]
    minutes = over["pat_seed_s"]["mean"] / 60
    passes = (1 + COPIES) * base.trainer.settings["epochs"]
    rows += [
        [note, *("" for _ in COLUMNS)]
        for note in (
            f"{passes} passes, {minutes:.0f} minutes a seed by PAT on one core",
            imperfections(),
        )
    ]
    over["identity"] = over["identity_device"]
    columns = ["virtual bench, MNIST, hybrid", "gap", "on device", "on its twin"]
    record("optical_mnist", columns, rows, over)


COLUMNS = ("gap", "device", "twin")

if __name__ == "__main__":
    main()
