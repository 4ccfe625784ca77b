"""The twin's compiled Runge-Kutta steps, element by element.

With a = M sin(s q) + e the acceleration, a step of length h is

    q1 = q                  q3 = q + h/2 v + h^2/4 a1
    q2 = q + h/2 v          q4 = q +   h v + h^2/2 a2
    q <- q + h v + h^2/6 (a1 + a2 + a3)
    v <- v + h/6 (a1 + 2 a2 + 2 a3 + a4)

Stages 1 and 2, and 3 and 4, are early and late: each pair is one stack of rows, since
its products with M can be made together. In the first step stages 1 and 2 are one. In
the last step no velocity is wanted, hence no stage 4, and a2 + a3 as a sum only: one
product of the sum of their sines. All arrays are [row, oscillator].

Fractions are made in the precision of the angles, since numba takes any other for a
reason to compute in double. Loops are short and over slices from their beginning, since
compilers use vectors only where they can tell few arrays apart, and where no index
could be negative and so count from an array's end.
"""

# ruff: noqa: ANN001, ANN201, ANN202  (numba infers types, for both precisions)
from __future__ import annotations

from numba import njit

from pnn_mechanical.oscillators.circular import CAREFUL, circular

__all__ = ["advance", "early", "last_early", "last_late", "late"]

compiled = njit(fastmath=CAREFUL, error_model="numpy", cache=True)


@compiled
def early(q, v, h, s, angles, sines, cosines):
    """Write s q1, and below it s q2 unless both are one, and sines and cosines of them.

    Args:
        q: Angles at the step's start.
        v: Velocities.
        h: Length of the step.
        s: Stretch.
        angles: Written, like the rest.
        sines: Of the angles.
        cosines: Of the angles.
    """
    _look(q, v, h, s, angles)
    _turn(angles, sines, cosines)


@compiled
def late(q, v, a, drive, h, s, angles, sines, cosines):
    """Write the same of s q3, and below it s q4.

    Args:
        q: As in `early`, like all that is not explained.
        v: Velocities.
        a: M sin(s q1), and below it M sin(s q2); the drive is added to it.
        drive: e.
        h: Length of the step.
        s: Stretch.
        angles: Written.
        sines: Written.
        cosines: Written.
    """
    _add(a, drive)
    _look_far(q, v, a, h, s, angles)
    q, v, a, x = q.reshape(-1), v.reshape(-1), a.reshape(-1), angles.reshape(-1)
    m, square = len(q), h * h * q.dtype.type(0.5)
    fourth, second = x[m:], a[len(a) - m :]
    for i in range(m):
        fourth[i] = s * (q[i] + h * v[i] + square * second[i])
    _turn(angles, sines, cosines)


@compiled
def advance(q, v, a, b, drive, h):
    """Advance angles and velocities.

    Args:
        q: As in `late`, like the rest.
        v: Velocities.
        a: a1, and below it a2.
        b: M sin(s q3), and below it M sin(s q4); the drive is added to it.
        drive: e.
        h: Length of the step.
    """
    _add(b, drive)
    q, v, a, b = q.reshape(-1), v.reshape(-1), a.reshape(-1), b.reshape(-1)
    m, sixth, two = len(q), h * q.dtype.type(1 / 6), q.dtype.type(2)
    square, second, fourth = h * sixth, a[len(a) - m :], b[m:]
    for i in range(m):
        q[i] += h * v[i] + square * (a[i] + second[i] + b[i])
    for i in range(m):
        v[i] += sixth * (a[i] + two * (second[i] + b[i]) + fourth[i])


@compiled
def last_early(q, v, h, s, angles, one, both, cosines):
    """Do as `early`, in the last step: the sines of s q1 and s q2 go apart."""
    _look(q, v, h, s, angles)
    m = len(q)
    _turn(angles[:m], one, cosines[:m])
    _turn(angles[m:], both, cosines[m:])


@compiled
def last_late(q, v, a, drive, h, s, angles, both, cosines):
    """Do as `late`, in the last step: the sines of s q3 are added to those of s q2."""
    _add(a, drive)
    _look_far(q, v, a, h, s, angles)
    x, both, cosines = angles.reshape(-1), both.reshape(-1), cosines.reshape(-1)
    for i in range(len(x)):
        sine, cosines[i] = circular(x[i])
        both[i] += sine


@compiled
def _look(q, v, h, s, angles):
    q, v, x = q.reshape(-1), v.reshape(-1), angles.reshape(-1)
    m, half = len(q), h * q.dtype.type(0.5)
    for i in range(m):
        x[i] = s * q[i]
    if len(x) > m:
        second = x[m:]
        for i in range(m):
            second[i] = s * (q[i] + half * v[i])


@compiled
def _look_far(q, v, a, h, s, angles):
    q, v, a, x = q.reshape(-1), v.reshape(-1), a.reshape(-1), angles.reshape(-1)
    half = h * q.dtype.type(0.5)
    quarter = half * half
    for i in range(len(q)):
        x[i] = s * (q[i] + half * v[i] + quarter * a[i])


@compiled
def _add(rows, drive):
    for n in range(len(rows)):
        row = rows[n]
        for i in range(len(row)):
            row[i] += drive[i]


@compiled
def _turn(angles, sines, cosines):
    x, sines, cosines = angles.reshape(-1), sines.reshape(-1), cosines.reshape(-1)
    for i in range(len(x)):
        sines[i], cosines[i] = circular(x[i])
