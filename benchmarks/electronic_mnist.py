"""MNIST on the virtual circuit: physics-aware, in silico, ideal, and without physics.

Three specimens of the circuit: each seed draws other parts, other noise and another
order of the examples. Design and schedule were chosen on validation images; every
network meets the 10,000 test images once on each place. Finished runs are kept in
benchmarks/.cache, so that an interrupted benchmark goes on where it stopped.
"""

from __future__ import annotations

import os

os.environ.setdefault("NUMBA_NUM_THREADS", "1")

from functools import partial

import torch
from circuit_runs import Design, Plan, Specimen
from harness import over_seeds, percent, record
from pnn_electronic.bench import CircuitBench

import pnn_core as pnn

SEEDS = (0, 1, 2)
EPOCHS, FEWER = 20, 10
PLANS = {
    "pat": Plan("calibrated twin, PAT", "calibrated", "pat", EPOCHS, 1000),
    "in_silico": Plan("calibrated twin, in silico", "calibrated", "in-silico", EPOCHS),
    "drawn_pat": Plan("drawing alone, PAT", "drawn", "pat", FEWER),
    "drawn_in_silico": Plan("drawing alone, in silico", "drawn", "in-silico", FEWER),
    "ideal": Plan("ideal backpropagation", "ideal", "pat", EPOCHS),
    "identity": Plan("no physics (identity)", "drawn", "identity", FEWER),
}


def imperfections(bench: CircuitBench) -> str:
    """Return the bench's noise and tolerances in one line."""
    c = bench.config
    return (
        f"R, L, C within {c.tolerance:.0%}, beta ± {c.beta_spread:.0%}, gate bias ± "
        f"{1e3 * c.trim_v:g} mV, gains ± {c.gain_spread:.0%}, noise "
        f"{1e3 * c.noise_v:g} mV, jitter {1e9 * c.jitter_noise_s:g} ns, "
        f"{c.adc_bits} bits"
    )


def main() -> None:
    """Run every plan that is not yet in the cache, print one table, write it."""
    torch.set_num_threads(1)
    splits = pnn.get("task", "mnist-14x14")().load()
    found: dict[str, list[dict[str, float]]] = {name: [] for name in PLANS}
    for seed in SEEDS:
        for name, plan in PLANS.items():
            got = Specimen(Design(), seed, splits).figures(plan)
            found[name].append(got)
            print(f"seed {seed}, {plan.label}: {got}", flush=True)
    figures = {
        f"{name}_{what}": figure
        for name, runs in found.items()
        for what, figure in over_seeds(runs, SEEDS).items()
    }
    figures["spice_device"] = figures["pat_spice"]
    for bound in ("ideal", "identity"):
        figures[bound] = figures[f"{bound}_device"]

    shown = partial(percent, figures)
    rows = [
        [plan.label, str(plan.epochs), *(shown(f"{name}_{c}") for c in COLUMNS)]
        for name, plan in PLANS.items()
    ]
    same, spice = shown("pat_same_on_bench"), shown("spice_device")
    notes = (f"PAT's, 1,000 images: bench {same}, ngspice {spice}",)
    rows += [[note, "", "", "", ""] for note in (*notes, imperfections(CircuitBench()))]
    columns = ["virtual bench, MNIST", "passes", "gap", "on device", "on its twin"]
    record("electronic_mnist", columns, rows, figures)


COLUMNS = ("gap", "device", "twin")

if __name__ == "__main__":
    main()
