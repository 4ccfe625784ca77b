"""MNIST on coupled oscillators, as the published tutorial's first example has it.

The network is the oscillators themselves: "in silico" on its twin is the tutorial's
setting, without a gap. The virtual bench has the imperfections of its second example.
All 60,000 training images are used, and the test images after epochs 1, 2 and the last;
nothing is chosen by them. Finished runs are kept in benchmarks/.cache.
"""

from __future__ import annotations

import os

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}

import torch
from harness import over_seeds, percent, record
from oscillator_networks import Whole, thinned
from oscillator_report import bench_line, linear_accuracy, rested
from oscillator_runs import Plan, Study, whole_training_set

import pnn_core as pnn

SEEDS = (0, 1, 2)
"""Of the bench's specimen, the initial couplings and the order of images."""

EPOCHS = 20
LR, MOVED = 0.015, 0.5
"""Of 0.001, 0.004 and 0.015, and of 0.5 and 1: best in silico on validation images."""

PLANS = {
    "in_silico": Plan("in silico", "twin", EPOCHS, LR, MOVED),
    "pat": Plan("PAT", "device", EPOCHS, LR, MOVED),
}
PLACES = ("device", "twin")


def one_seed(study: Study, seed: int) -> dict[str, float]:
    """Return where each way of training has come in the end."""
    return {
        f"{name}_{place}": study.figures(plan, seed)[f"{place}_{EPOCHS}"]
        for name, plan in PLANS.items()
        for place in PLACES
    }


def main() -> None:
    """Run what is not yet in the cache, print one table, write it."""
    torch.set_num_threads(1)
    splits = whole_training_set(pnn.get("task", "mnist")().load())
    study = Study("mechanical_mnist", Whole, splits)
    figures = over_seeds([one_seed(study, seed) for seed in SEEDS], SEEDS)
    linear = linear_accuracy("mechanical_mnist", splits, thinned, EPOCHS, SEEDS[0])
    figures |= {"identity": rested(splits.test), "linear": linear}
    rows = [
        [plan.label, str(EPOCHS), *(percent(figures, f"{n}_{p}") for p in PLACES)]
        for n, plan in PLANS.items()
    ]
    rows += [
        ["linear, same pixels", str(EPOCHS), percent(figures, "linear"), ""],
        ["identity: at rest", "", percent(figures, "identity"), ""],
        [bench_line(), "", "", ""],
    ]
    columns = ["virtual bench, MNIST", "passes", "on device", "on its twin"]
    record("mechanical_mnist", columns, rows, figures)


if __name__ == "__main__":
    main()
