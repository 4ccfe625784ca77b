"""The twin's compiled steps and their adjoint, element by element.

With a = M sin(s q) + e the acceleration, a Runge-Kutta step of length h is

    q1 = q                  q3 = q + h/2 v + h^2/4 a1
    q2 = q + h/2 v          q4 = q +   h v + h^2/2 a2
    q <- q + h v + h^2/6 (a1 + a2 + a3)
    v <- v + h/6 (a1 + 2 a2 + 2 a3 + a4)

Stages 1 and 2, and 3 and 4, are early and late: each pair is one stack of rows. In the
first step stages 1 and 2 are one; the last step has no stage 4. The adjoint is that of
the steps, so gradients are exact to rounding. Arrays are flat; `m` is the size of one
stage.
"""

# ruff: noqa: ANN001, ANN201  (numba infers types, for both precisions)
from __future__ import annotations

import numpy as np
from numba import njit

from pnn_mechanical.oscillators.circular import CAREFUL, circular

__all__ = [
    "advance",
    "couple",
    "early",
    "late",
    "pull_couplings",
    "pull_early",
    "pull_late",
    "pull_step",
]

compiled = njit(fastmath=CAREFUL, error_model="numpy", cache=True)

TILE = 32
"""Edge of the squares in which a matrix and its transpose are visited together."""


@compiled
def couple(drawn, stray, own, matrix):
    """Write M = Q - 1 of C = drawn + stray; see `schematic`.

    Args:
        drawn: C as set.
        stray: Added to it.
        own: Whether C_ii counts.
        matrix: Written.
    """
    count, half = len(drawn), drawn.dtype.type(0.5)
    sums = np.zeros(count, drawn.dtype)
    for top in range(0, count, TILE):
        for left in range(0, top + 1, TILE):
            for i in range(top, min(top + TILE, count)):
                for j in range(left, min(left + TILE, i)):
                    one = drawn[i, j] + stray[i, j]
                    mean = half * (one + drawn[j, i] + stray[j, i])
                    matrix[i, j] = mean
                    matrix[j, i] = mean
                    sums[i] += mean
                    sums[j] += mean
    for i in range(count):
        if own:
            sums[i] += drawn[i, i] + stray[i, i]
        matrix[i, i] = -sums[i] - 1


@compiled
def pull_couplings(pulled, own, slopes):
    """Write the gradient in C, given that in M as if its elements were independent."""
    count, half = len(pulled), pulled.dtype.type(0.5)
    for top in range(0, count, TILE):
        for left in range(0, top + 1, TILE):
            for i in range(top, min(top + TILE, count)):
                for j in range(left, min(left + TILE, i)):
                    both = half * (pulled[i, j] + pulled[j, i])
                    both -= half * (pulled[i, i] + pulled[j, j])
                    slopes[i, j] = both
                    slopes[j, i] = both
    for i in range(count):
        slopes[i, i] = -pulled[i, i] if own else 0


@compiled
def early(q, v, h, s, first, angles, sines, cosines):
    """Write s q1, and after it s q2 unless both are one; and sines and cosines of it.

    Args:
        q: Angles at the step's start.
        v: Velocities.
        h: Length of the step.
        s: Stretch.
        first: Whether this is the first step.
        angles: Written, and so are the next two.
        sines: Of the angles.
        cosines: Of the angles.
    """
    m, half = len(q), h / 2
    for i in range(m):
        angles[i] = s * q[i]
        sines[i], cosines[i] = circular(s * q[i])
    if not first:
        for i in range(m):
            x = s * (q[i] + half * v[i])
            angles[m + i] = x
            sines[m + i], cosines[m + i] = circular(x)


@compiled
def late(q, v, a, h, s, first, last, angles, sines, cosines):
    """Write s q3, and after it s q4 unless this is the last step; see `early`.

    Args:
        q: As in `early`.
        v: As in `early`.
        a: Accelerations a1, and after it a2 unless both are one.
        h: Length of the step.
        s: Stretch.
        first: Whether this is the first step.
        last: Whether this is the last one.
        angles: Written, and so are the next two.
        sines: Of the angles.
        cosines: Of the angles.
    """
    m, shift = len(q), 0 if first else len(q)
    half, quarter, square = h / 2, h * h / 4, h * h / 2
    for i in range(m):
        x = s * (q[i] + half * v[i] + quarter * a[i])
        angles[i] = x
        sines[i], cosines[i] = circular(x)
    if not last:
        for i in range(m):
            x = s * (q[i] + h * v[i] + square * a[shift + i])
            angles[m + i] = x
            sines[m + i], cosines[m + i] = circular(x)


@compiled
def advance(q, v, a, b, h, first, last):
    """Advance q, and v unless this is the last step, by the four accelerations."""
    m, shift = len(q), 0 if first else len(q)
    sixth, square = h / 6, h * h / 6
    for i in range(m):
        q[i] += h * v[i] + square * (a[i] + a[shift + i] + b[i])
    if not last:
        for i in range(m):
            v[i] += sixth * (a[i] + 2 * (a[shift + i] + b[i]) + b[m + i])


@compiled
def pull_late(gq, gv, h, last, slopes):
    """Write the gradients in a3, and after it a4, given those after the step."""
    m = len(gq)
    square, third, sixth = h * h / 6, h / 3, h / 6
    for i in range(m):
        slopes[i] = square * gq[i] + third * gv[i]
    if not last:
        for i in range(m):
            slopes[m + i] = sixth * gv[i]


@compiled
def pull_early(gq, gv, late, cosines, h, s, first, last, slopes):
    """Write the gradients in a1, and after it a2; in their sum if both are one.

    Args:
        gq: Gradient in q after the step.
        gv: Gradient in v after it.
        late: In s-fold sines of the late stages; changed to that in q3 and q4.
        cosines: Of the late stages.
        h: Length of the step.
        s: Stretch.
        first: Whether this is the first step.
        last: Whether this is the last one.
        slopes: Written.
    """
    m, square = len(gq), h * h / 6
    sixth, third, quarter, half = h / 6, h / 3, h * h / 4, h * h / 2
    for i in range(m):
        late[i] *= s * cosines[i]
        slopes[i] = square * gq[i] + sixth * gv[i] + quarter * late[i]
    shift = 0 if first else m
    for i in range(m):
        g = square * gq[i] + third * gv[i]
        if not last:
            late[m + i] *= s * cosines[m + i]
            g += half * late[m + i]
        if first:
            slopes[i] += g
        else:
            slopes[shift + i] = g


@compiled
def pull_step(gq, gv, early, cosines, late, h, s, first, last):
    """Take gradients in q and v back over the step, from after it to before it.

    Args:
        gq: Gradient in q, changed.
        gv: Gradient in v, changed; at the first step it is not needed.
        early: In s-fold sines of the early stages; changed to that in q1 and q2.
        cosines: Of the early stages.
        late: In q3, and after it in q4.
        h: Length of the step.
        s: Stretch.
        first: Whether this is the first step.
        last: Whether this is the last one.
    """
    m, half = len(gq), h / 2
    for i in range(m):
        early[i] *= s * cosines[i]
        g = early[i] + late[i]
        if not first:
            early[m + i] *= s * cosines[m + i]
            gv[i] += h * gq[i] + half * (early[m + i] + late[i])
            g += early[m + i]
        if not last:
            g += late[m + i]
            if not first:
                gv[i] += h * late[m + i]
        gq[i] += g
