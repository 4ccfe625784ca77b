"""The adjoint of `steps`, compiled: gradients are theirs, exact to rounding."""

# ruff: noqa: ANN001, ANN201  (numba infers types, for both precisions)
from __future__ import annotations

from numba import njit

__all__ = ["pull_early", "pull_late", "pull_step"]

compiled = njit(fastmath=True, error_model="numpy", cache=True)


@compiled
def pull_late(gq, gv, h, last, at, slopes):
    """Write, from `at` on, the gradients in a3 and a4, given those after the step."""
    m, sixth = len(gq), h * gq.dtype.type(1 / 6)
    square, third = h * sixth, sixth + sixth
    for i in range(m):
        slopes[at + i] = square * gq[i] + third * gv[i]
    if not last:
        for i in range(m):
            slopes[at + m + i] = sixth * gv[i]


@compiled
def pull_early(gq, gv, late, h, s, first, last, at, then, cosines, slopes):
    """Write the gradients in a1, and after it a2; in their sum if both are one.

    Args:
        gq: Gradient in q after the step.
        gv: Gradient in v after it.
        late: In s-fold sines of the late stages; changed to that in q3 and q4.
        h: Length of the step.
        s: Stretch.
        first: Whether this is the first step.
        last: Whether this is the last one.
        at: Where the early stages begin.
        then: Where the late ones do.
        cosines: Of all stages.
        slopes: Written.
    """
    m, shift = len(gq), 0 if first else len(gq)
    sixth, half = h * gq.dtype.type(1 / 6), h * gq.dtype.type(0.5)
    square, third = h * sixth, sixth + sixth
    quarter, double = half * half, h * half
    for i in range(m if last else 2 * m):
        late[i] *= s * cosines[then + i]
    for i in range(m):
        slopes[at + i] = square * gq[i] + sixth * gv[i] + quarter * late[i]
    second = slopes[at + shift : at + shift + m]
    if not first:
        second[:] = 0
    for i in range(m):
        second[i] += square * gq[i] + third * gv[i]
    if not last:
        for i in range(m):
            second[i] += double * late[m + i]


@compiled
def pull_step(gq, gv, early, late, h, s, first, last, at, cosines):
    """Take gradients in q and v back over the step, from after it to before it.

    Args:
        gq: Gradient in q, changed.
        gv: Gradient in v, changed; at the first step it is not needed.
        early: In s-fold sines of the early stages; changed to that in q1 and q2.
        late: In q3, and after it in q4.
        h: Length of the step.
        s: Stretch.
        first: Whether this is the first step.
        last: Whether this is the last one.
        at: Where the early stages begin.
        cosines: Of all stages.
    """
    m, half = len(gq), h * gq.dtype.type(0.5)
    for i in range(m if first else 2 * m):
        early[i] *= s * cosines[at + i]
    if not first:
        for i in range(m):
            gv[i] += h * gq[i] + half * (early[m + i] + late[i])
    if not (first or last):
        for i in range(m):
            gv[i] += h * late[m + i]
    for i in range(m):
        gq[i] += early[i] + late[i]
    if not first:
        for i in range(m):
            gq[i] += early[m + i]
    if not last:
        for i in range(m):
            gq[i] += late[m + i]
