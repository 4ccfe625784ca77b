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
from harness import record
from oscillator_networks import Whole, thinned
from oscillator_report import bench_line, linear_accuracy, rested
from oscillator_runs import Plan, Study, whole_training_set

import pnn_core as pnn

SEED = 0
EPOCHS = 20
LR, MOVED = 0.015, 0.5
"""Of 0.001, 0.004 and 0.015, and of 0.5 and 1: best in silico on validation images."""

IN_SILICO = Plan("in silico", "twin", EPOCHS, LR, MOVED)
PAT = Plan("PAT", "device", EPOCHS, LR, MOVED)


def main() -> None:
    """Run what is not yet in the cache, print one table, write it."""
    torch.set_num_threads(1)
    splits = whole_training_set(pnn.get("task", "mnist")().load())
    study = Study("mechanical_mnist", Whole, splits)
    figures = {
        "identity": rested(splits.test),
        "linear": linear_accuracy("mechanical_mnist", splits, thinned, EPOCHS, SEED),
    }
    rows = []
    for name, plan in (("in_silico", IN_SILICO), ("pat", PAT)):
        found = study.figures(plan, SEED)
        for place in ("device", "twin"):
            figures[f"{name}_{place}"] = found[f"{place}_{EPOCHS}"]
        accuracies = [figures[f"{name}_{place}"] for place in ("device", "twin")]
        rows.append([plan.label, str(EPOCHS), *(f"{a:.2%}" for a in accuracies)])
    rows += [
        ["linear, same pixels", str(EPOCHS), f"{figures['linear']:.2%}", ""],
        ["identity: at rest", "", f"{figures['identity']:.2%}", ""],
        [bench_line(), "", "", ""],
    ]
    columns = ["virtual bench, MNIST", "passes", "on device", "on its twin"]
    record("mechanical_mnist", columns, rows, figures)


if __name__ == "__main__":
    main()
