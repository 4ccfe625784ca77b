"""The circuit as a SPICE netlist: many copies, each playing a column of one file.

`filesource` is by far the fastest way to play waveforms in ngspice, and fails beyond
some fifty columns; hence `COPIES`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pnn_electronic.schematic import Parts

Array = NDArray[np.floating[Any]]

__all__ = ["COPIES", "netlist", "waveforms"]

COPIES = 30
"""Copies of the circuit in one netlist, at most."""


def netlist(
    parts: Parts, copies: int, samples: int, rate_hz: float, steps: int, extra: str = ""
) -> str:
    """Return the netlist of `copies` circuits that play waves.txt.

    Args:
        parts: Values of the parts.
        copies: At most `COPIES`.
        samples: Holds to play.
        rate_hz: Holds per second.
        steps: Least time steps per hold.
        extra: More parameters of the transistor's model.
    """
    return "\n".join(_lines(parts, copies, samples, rate_hz, steps, extra)) + "\n"


def waveforms(volts: Array, rate_hz: float) -> str:
    """Return waves.txt: seconds, then each copy's volts [copy, sample] in a column."""
    seconds = np.arange(volts.shape[1] + 1) / rate_hz
    held = np.column_stack([volts, volts[:, -1]]).T
    rows = np.column_stack([seconds, held])
    return "\n".join(" ".join(f"{value:.9g}" for value in row) for row in rows) + "\n"


def _lines(
    p: Parts, copies: int, samples: int, rate_hz: float, steps: int, extra: str
) -> Iterator[str]:
    ones, zeros = " ".join(["1"] * copies), " ".join(["0"] * copies)
    yield "* resistor, inductor, capacitor and junction transistor"
    yield f"a1 %v([{' '.join(f'u{k}' for k in range(copies))}]) wave"
    yield '.model wave filesource(file="waves.txt" timeoffset=0 timescale=1'
    yield f"+ timerelative=false amplstep=true amploffset=[{zeros}] amplscale=[{ones}])"
    yield f".model channel NJF(vto={p.threshold_v!r} beta={p.beta_a_per_v2!r}"
    yield f"+ lambda={p.lambda_per_v!r} {extra})"
    yield f"Vbias bias 0 {p.gate_bias_v!r}"
    for k in range(copies):
        yield f"Edrive{k} n{k} 0 u{k} 0 {p.drive_gain!r}"
        yield f"Egate{k} g{k} bias u{k} 0 {p.drive_gain * p.gate_gain!r}"
        yield f"R{k} n{k} m{k} {p.resistance_ohm!r}"
        yield f"L{k} m{k} d{k} {p.inductance_h!r}"
        yield f"C{k} d{k} 0 {p.capacitance_f!r}"
        yield f"J{k} d{k} g{k} 0 channel"
    yield ".save " + " ".join(f"v(d{k})" for k in range(copies))
    yield f".tran {1 / rate_hz!r} {samples / rate_hz!r} 0 {1 / (rate_hz * steps)!r} uic"
    yield ".end"
