"""The compiled integrator: many examples side by side.

With i the inductor's current, v the capacitor's voltage and u the driven one:

    L di/dt = u - R i - v
    C dv/dt = i - I(v, w),     w = gate_gain u + bias - V_to
    I = beta (1 + lambda |v|) (max(w, 0)^2 - max(w - v, 0)^2)

I is the square law of Shichman and Hodges, IEEE J. Solid-State Circuits 3, 285 (1968),
as SPICE has it for the junction transistor: cut-off, saturation, triode, and drain and
source interchanged, in one line. Steps are classical fourth-order Runge-Kutta.
"""

# ruff: noqa: ANN001, ANN201  (numba infers types, for both precisions)
from __future__ import annotations

import numpy as np
from numba import njit, prange

__all__ = ["LANES", "channel", "integrate", "simulate"]

LANES = 16
"""Examples that one thread integrates in step: two AVX2 registers of float32."""

compiled = njit(fastmath=True, error_model="numpy", cache=True)


@compiled
def channel(v, w, beta, modulation):
    """Return the drain current at drain voltage v and gate overdrive w."""
    zero = v - v
    here, there = max(w, zero), max(w - v, zero)
    return beta * (1 + modulation * abs(v)) * (here * here - there * there)


@compiled
def integrate(volts, parts, step_s, substeps, state, heard):
    """Play volts [sample, lane]; write the capacitor's volts at each hold's end.

    Args:
        volts: Held for `substeps` steps each.
        parts: R, 1 / L, 1 / C, beta, lambda, drive, gate gain, and bias less threshold.
        step_s: Length of a Runge-Kutta step.
        substeps: Steps per hold.
        state: Current and voltage, [2, lane]; where to start, changed.
        heard: Written, [sample, lane].
    """
    r, per_l, per_c, beta, lam, drive, gain, bias = parts
    half, third, sixth = step_s / 2, step_s / 3, step_s / 6
    for t in range(len(volts)):
        for _ in range(substeps):
            for j in range(volts.shape[1]):
                u = drive * volts[t, j]
                w = gain * u + bias
                i, v = state[0, j], state[1, j]
                i1 = (u - r * i - v) * per_l
                v1 = (i - channel(v, w, beta, lam)) * per_c
                a, b = i + half * i1, v + half * v1
                i2 = (u - r * a - b) * per_l
                v2 = (a - channel(b, w, beta, lam)) * per_c
                a, b = i + half * i2, v + half * v2
                i3 = (u - r * a - b) * per_l
                v3 = (a - channel(b, w, beta, lam)) * per_c
                a, b = i + step_s * i3, v + step_s * v3
                i4 = (u - r * a - b) * per_l
                v4 = (a - channel(b, w, beta, lam)) * per_c
                state[0, j] = i + sixth * (i1 + i4) + third * (i2 + i3)
                state[1, j] = v + sixth * (v1 + v4) + third * (v2 + v3)
        for j in range(volts.shape[1]):
            heard[t, j] = state[1, j]


@njit(fastmath=True, error_model="numpy", cache=True, parallel=True)
def simulate(volts, parts, step_s, substeps, heard):
    """Play volts [block, sample, lane] from rest, each block on one thread."""
    for block in prange(len(volts)):
        state = np.zeros((2, volts.shape[2]), volts.dtype)
        integrate(volts[block], parts, step_s, substeps, state, heard[block])
