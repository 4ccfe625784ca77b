"""The twin's compiled Runge-Kutta steps, element by element.

With a = M sin(s q) + e the acceleration, a step of length h is

    q1 = q                  q3 = q + h/2 v + h^2/4 a1
    q2 = q + h/2 v          q4 = q +   h v + h^2/2 a2
    q <- q + h v + h^2/6 (a1 + a2 + a3)
    v <- v + h/6 (a1 + 2 a2 + 2 a3 + a4)

Stages 1 and 2, and 3 and 4, are early and late: each pair is one stack of rows. In the
first step stages 1 and 2 are one; the last step has no stage 4. Arrays are flat; `m` is
the size of one stage. Fractions are made in the precision of the angles, since numba
takes any other for a reason to compute in double; loops are short, since compilers use
vectors only where they can tell few arrays apart.
"""

# ruff: noqa: ANN001, ANN201  (numba infers types, for both precisions)
from __future__ import annotations

from numba import njit

from pnn_mechanical.oscillators.circular import CAREFUL, circular

__all__ = ["advance", "early", "late"]

compiled = njit(fastmath=CAREFUL, error_model="numpy", cache=True)


@compiled
def early(q, v, h, s, first, at, angles, sines, cosines):
    """Write sines and cosines of s q1, and after them of s q2 unless both are one.

    Args:
        q: Angles at the step's start.
        v: Velocities.
        h: Length of the step.
        s: Stretch.
        first: Whether this is the first step.
        at: Where to write.
        angles: What the sines are of, written if there is room.
        sines: Written.
        cosines: Written.
    """
    m, half = len(q), h * q.dtype.type(0.5)
    if len(angles):
        for i in range(m):
            angles[at + i] = s * q[i]
    for i in range(m):
        sines[at + i], cosines[at + i] = circular(s * q[i])
    if not first:
        if len(angles):
            for i in range(m):
                angles[at + m + i] = s * (q[i] + half * v[i])
        for i in range(m):
            sines[at + m + i], cosines[at + m + i] = circular(s * (q[i] + half * v[i]))


@compiled
def late(q, v, a, h, s, first, last, at, angles, sines, cosines):
    """Write the same of s q3, and after it of s q4 unless this is the last step.

    Args:
        q: As in `early`.
        v: As in `early`.
        a: Accelerations a1, and after it a2 unless both are one.
        h: Length of the step.
        s: Stretch.
        first: Whether this is the first step.
        last: Whether this is the last one.
        at: Where to write.
        angles: As in `early`.
        sines: Written.
        cosines: Written.
    """
    m, shift = len(q), 0 if first else len(q)
    half = h * q.dtype.type(0.5)
    quarter, square = half * half, half * h
    if len(angles):
        for i in range(m):
            angles[at + i] = s * (q[i] + half * v[i] + quarter * a[i])
    for i in range(m):
        sines[at + i], cosines[at + i] = circular(
            s * (q[i] + half * v[i] + quarter * a[i])
        )
    if not last:
        if len(angles):
            for i in range(m):
                angles[at + m + i] = s * (q[i] + h * v[i] + square * a[shift + i])
        for i in range(m):
            x = s * (q[i] + h * v[i] + square * a[shift + i])
            sines[at + m + i], cosines[at + m + i] = circular(x)


@compiled
def advance(q, v, a, b, h, first, last):
    """Advance q, and v unless this is the last step, by the four accelerations."""
    m, shift, two = len(q), 0 if first else len(q), q.dtype.type(2)
    sixth = h * q.dtype.type(1 / 6)
    square = h * sixth
    for i in range(m):
        q[i] += h * v[i] + square * (a[i] + a[shift + i] + b[i])
    if not last:
        for i in range(m):
            v[i] += sixth * (a[i] + two * (a[shift + i] + b[i]) + b[m + i])
