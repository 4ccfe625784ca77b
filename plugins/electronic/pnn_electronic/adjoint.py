"""The twin's compiled integrator and its adjoint, many examples side by side.

With i the inductor's current, v the capacitor's voltage and u the driven one:

    L di/dt = u - R i - v
    C dv/dt = i - I(v, w),     w = gate_gain u + bias - V_to
    I = beta (1 + lambda |v|) (max(w, 0)^2 - max(w - v, 0)^2)

I is the square law of Shichman and Hodges (IEEE J. Solid-State Circuits 3, 285 (1968))
as SPICE states it for the JFET, its four branches in one line. Steps are classical
fourth-order Runge-Kutta; the adjoint is that of the steps, not of the equations, so
gradients are exact to rounding.
"""

# ruff: noqa: ANN001, ANN201, ANN202  (numba infers types, for both precisions)
from __future__ import annotations

import numpy as np
from numba import njit, prange

__all__ = ["LANES", "VALUES", "play", "pull"]

LANES = 16
"""Examples that one thread integrates in step: two AVX2 registers of float32."""

VALUES = ("r", "per_l", "per_c", "beta", "modulation", "drive", "gate_gain", "open_v")
"""The equations' constants, in the order that the compiled functions take them."""

compiled = njit(fastmath=True, error_model="numpy", cache=True)


@compiled
def _slope(i, v, u, w, law):
    """Return di/dt and dv/dt."""
    r, per_l, per_c, beta, lam = law
    zero = v - v
    here, there = max(w, zero), max(w - v, zero)
    drawn = beta * (1 + lam * abs(v)) * (here * here - there * there)
    return (u - r * i - v) * per_l, (i - drawn) * per_c


@compiled
def _pull(i, v, u, w, gi, gv, law):
    """Return gradients in i, v, u, w and the law, given those in the slopes."""
    r, per_l, per_c, beta, lam = law
    zero = v - v
    here, there = max(w, zero), max(w - v, zero)
    square, size = here * here - there * there, abs(v)
    bent = beta * (1 + lam * size)
    gl, gc = gi * per_l, gv * per_c
    steep = beta * lam * (square if v > zero else -square) + 2 * bent * there
    return (
        gc - r * gl,
        -gl - gc * steep,
        gl,
        -2 * gc * bent * (here - there),
        -gl * i,
        gi * (u - r * i - v),
        gv * (i - bent * square),
        -gc * (1 + lam * size) * square,
        -gc * beta * size * square,
    )


@compiled
def _play(volts, values, step_s, substeps, trace, heard):
    """Play volts [sample, lane] from rest; see `play`."""
    law, drive, gain, open_v = values[:5], values[5], values[6], values[7]
    number = volts.dtype.type
    half, third, sixth = step_s / number(2), step_s / number(3), step_s / number(6)
    state = np.zeros((2, LANES), volts.dtype)
    for t in range(len(volts)):
        for n in range(substeps):
            kept = trace[t * substeps + n]
            for j in range(LANES):
                u = drive * volts[t, j]
                w = gain * u + open_v
                i, v = state[0, j], state[1, j]
                kept[0, j], kept[1, j] = i, v
                i1, v1 = _slope(i, v, u, w, law)
                i2, v2 = _slope(i + half * i1, v + half * v1, u, w, law)
                i3, v3 = _slope(i + half * i2, v + half * v2, u, w, law)
                i4, v4 = _slope(i + step_s * i3, v + step_s * v3, u, w, law)
                state[0, j] = i + sixth * (i1 + i4) + third * (i2 + i3)
                state[1, j] = v + sixth * (v1 + v4) + third * (v2 + v3)
        for j in range(LANES):
            heard[t, j] = state[1, j]


@compiled
def _pull_back(volts, values, step_s, substeps, trace, slopes, pulled, sums):
    """Go through one block's steps backwards; see `pull`."""
    law, drive, gain, open_v = values[:5], values[5], values[6], values[7]
    number = volts.dtype.type
    half, third, sixth = step_s / number(2), step_s / number(3), step_s / number(6)
    back = np.zeros((4, LANES), volts.dtype)
    for t in range(len(volts) - 1, -1, -1):
        for j in range(LANES):
            back[1, j] += slopes[t, j]
            back[2, j] = back[3, j] = 0
        for n in range(substeps - 1, -1, -1):
            kept = trace[t * substeps + n]
            for j in range(LANES):
                u = drive * volts[t, j]
                w = gain * u + open_v
                i, v = kept[0, j], kept[1, j]
                a1, b1 = _slope(i, v, u, w, law)
                ia, va = i + half * a1, v + half * b1
                a2, b2 = _slope(ia, va, u, w, law)
                ib, vb = i + half * a2, v + half * b2
                a3, b3 = _slope(ib, vb, u, w, law)
                ic, vc = i + step_s * a3, v + step_s * b3
                x, y = back[0, j], back[1, j]
                gi, gv = sixth * x, sixth * y
                p4 = _pull(ic, vc, u, w, gi, gv, law)
                gi, gv = third * x + step_s * p4[0], third * y + step_s * p4[1]
                p3 = _pull(ib, vb, u, w, gi, gv, law)
                gi, gv = third * x + half * p3[0], third * y + half * p3[1]
                p2 = _pull(ia, va, u, w, gi, gv, law)
                gi, gv = sixth * x + half * p2[0], sixth * y + half * p2[1]
                p1 = _pull(i, v, u, w, gi, gv, law)
                back[0, j] = x + p1[0] + p2[0] + p3[0] + p4[0]
                back[1, j] = y + p1[1] + p2[1] + p3[1] + p4[1]
                back[2, j] += p1[2] + p2[2] + p3[2] + p4[2]
                back[3, j] += p1[3] + p2[3] + p3[3] + p4[3]
                sums[0, j] += p1[4] + p2[4] + p3[4] + p4[4]
                sums[1, j] += p1[5] + p2[5] + p3[5] + p4[5]
                sums[2, j] += p1[6] + p2[6] + p3[6] + p4[6]
                sums[3, j] += p1[7] + p2[7] + p3[7] + p4[7]
                sums[4, j] += p1[8] + p2[8] + p3[8] + p4[8]
        for j in range(LANES):
            driven = back[2, j] + gain * back[3, j]
            pulled[t, j] = drive * driven
            sums[5, j] += volts[t, j] * driven
            sums[6, j] += drive * volts[t, j] * back[3, j]
            sums[7, j] += back[3, j]


@njit(fastmath=True, error_model="numpy", cache=True, parallel=True)
def play(volts, values, step_s, substeps, trace, heard):
    """Play volts [block, sample, lane] from rest; write v at each hold's end.

    Args:
        volts: At the generator, held for `substeps` steps each.
        values: The constants that `VALUES` names.
        step_s: Length of a step.
        substeps: Steps per hold.
        trace: Written, i and v before each step, [block, step, 2, lane].
        heard: Written, [block, sample, lane].
    """
    for block in prange(len(volts)):
        _play(volts[block], values, step_s, substeps, trace[block], heard[block])


@njit(fastmath=True, error_model="numpy", cache=True, parallel=True)
def pull(volts, values, step_s, substeps, trace, slopes, pulled, sums):
    """Write the gradient in the volts and in the constants, given that in `heard`.

    Args:
        volts: As in `play`, and so are the next four.
        values: The constants.
        step_s: Length of a step.
        substeps: Steps per hold.
        trace: As `play` wrote it.
        slopes: Gradient in `heard`.
        pulled: Written, gradient in `volts`.
        sums: Zeros; written, gradient in the constants, [block, constant, lane].
    """
    for b in prange(len(volts)):
        _pull_back(
            volts[b], values, step_s, substeps, trace[b], slopes[b], pulled[b], sums[b]
        )
