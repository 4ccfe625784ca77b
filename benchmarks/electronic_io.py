"""How fast each way of reaching the electronic circuit is.

The fast bench against ngspice: both in one process on one thread, on the same random
waveforms, each with its coarsest steps whose error against a converged solution stays
below `BOUND`. The converged solution is Runge-Kutta at 1/64 of a sample in double
precision; its own error, measured against 1/128, is printed.
"""

from __future__ import annotations

import os

os.environ.setdefault("NUMBA_NUM_THREADS", "1")

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
from driver_overhead import Rows, daq_overhead, visa_overhead
from harness import record
from pnn_electronic.circuit import Circuit
from pnn_electronic.schematic import DELAY_SAMPLES, RATE_HZ, SAMPLES, Parts
from pnn_electronic.spice.device import simulate
from pnn_electronic.spice.netlist import COPIES

BOUND = 0.005
"""Relative RMS error that both must stay below."""

Respond = Callable[[np.ndarray], np.ndarray]


def fastest(respond: Respond, volts: np.ndarray, *, tries: int) -> float:
    """Return waveforms a second, the best of some tries: other programs only slow."""
    respond(volts)
    seconds = []
    for _ in range(tries):
        start = perf_counter()
        respond(volts)
        seconds.append(perf_counter() - start)
    return len(volts) / min(seconds)


def error(found: np.ndarray, exact: np.ndarray) -> float:
    """Return the relative RMS error."""
    return float(np.linalg.norm(found - exact) / np.linalg.norm(exact))


def coarsest(ways: dict[int, Respond], volts: np.ndarray, exact: np.ndarray) -> int:
    """Return the fewest steps per sample whose error stays below the bound."""
    return next(n for n in sorted(ways) if error(ways[n](volts), exact) < BOUND)


def bench_to_ngspice_ratio() -> tuple[Rows, dict[str, Any]]:
    """Time the bench's kernel and ngspice at the same error against the truth."""
    parts = Parts()
    rng = np.random.default_rng(0)
    few = rng.uniform(-5, 5, (COPIES, SAMPLES + DELAY_SAMPLES))
    many = rng.uniform(-5, 5, (2048, few.shape[1])).astype(np.float32)
    exact = Circuit(parts, 64).respond(few, RATE_HZ)
    residue = error(Circuit(parts, 128).respond(few, RATE_HZ), exact)

    def compiled(n: int) -> Respond:
        return lambda v: Circuit(parts, n).respond(v.astype(np.float32), RATE_HZ)

    def spice(n: int) -> Respond:
        return lambda v: simulate(parts, v, RATE_HZ, steps=n)

    benches = {n: compiled(n) for n in (1, 2, 4)}
    spices = {n: spice(n) for n in (1, 2, 3, 4, 6, 8, 16)}
    rows, rates = [], {}
    for name, ways, volts, tries in (
        ("fast bench", benches, many, 20),
        ("ngspice, 30 copies", spices, few, 10),
    ):
        steps = coarsest(ways, few, exact)
        rates[name] = fastest(ways[steps], volts, tries=tries)
        gap = error(ways[steps](few), exact)
        rate = f"{rates[name]:,.0f}"
        rows.append([name, f"{steps}", f"{100 * gap:.3f} %", rate, ""])
    rows.append(["converged solution", "64", f"{100 * residue:.1e} %", "", ""])
    bench, ngspice = rates.values()
    return rows, {
        "bench_waveforms_per_s": bench,
        "ngspice_waveforms_per_s": ngspice,
        "bench_to_ngspice_ratio": bench / ngspice,
        "error_bound": BOUND,
    }


PARTS: tuple[Callable[[], tuple[Rows, dict[str, Any]]], ...] = (
    bench_to_ngspice_ratio,
    daq_overhead,
    visa_overhead,
)
"""Each returns rows of the table, and figures."""


def main() -> None:
    """Measure every part, print one table, write the result."""
    rows: Rows = []
    figures: dict[str, Any] = {}
    for part in PARTS:
        more, found = part()
        rows += more
        figures |= found
    columns = [
        "virtual bench, one thread",
        "steps a sample",
        "error",
        "waveforms a second",
        "share outside the transfer",
    ]
    record("electronic_io", columns, rows, figures)


if __name__ == "__main__":
    main()
