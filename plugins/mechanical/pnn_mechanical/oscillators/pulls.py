"""The adjoint of `steps`, compiled: gradients are theirs, exact to rounding."""

# ruff: noqa: ANN001, ANN201, ANN202  (numba infers types, for both precisions)
from __future__ import annotations

from numba import njit

__all__ = ["pull_early", "pull_last_early", "pull_last_late", "pull_late", "pull_step"]

compiled = njit(fastmath=True, error_model="numpy", cache=True)


@compiled
def pull_late(gq, gv, h, slopes):
    """Write the gradients in a3, and below it a4, given those after the step."""
    gq, gv, third = gq.reshape(-1), gv.reshape(-1), slopes.reshape(-1)
    m, sixth = len(gq), h * gq.dtype.type(1 / 6)
    square, double, fourth = h * sixth, sixth + sixth, third[m:]
    for i in range(m):
        third[i] = square * gq[i] + double * gv[i]
    for i in range(m):
        fourth[i] = sixth * gv[i]


@compiled
def pull_early(gq, gv, late, h, s, cosines, slopes):
    """Write the gradients in a1, and below it a2; in their sum if both are one.

    Args:
        gq: Gradient in q after the step.
        gv: Gradient in v after it.
        late: In s-fold sines of the late stages; changed to that in q3 and q4.
        h: Length of the step.
        s: Stretch.
        cosines: Of the late stages.
        slopes: Written.
    """
    _through(late, cosines, s)
    gq, gv = gq.reshape(-1), gv.reshape(-1)
    late, first = late.reshape(-1), slopes.reshape(-1)
    m, sixth, half = len(gq), h * gq.dtype.type(1 / 6), h * gq.dtype.type(0.5)
    square, third = h * sixth, sixth + sixth
    quarter, double = half * half, h * half
    second, fourth = first[len(first) - m :], late[m:]
    for i in range(m):
        first[i] = square * gq[i] + sixth * gv[i] + quarter * late[i]
    if len(first) > m:
        second[:] = 0
    for i in range(m):
        second[i] += square * gq[i] + third * gv[i] + double * fourth[i]


@compiled
def pull_step(gq, gv, early, late, h, s, cosines):
    """Take gradients in q and v back over the step, from after it to before it.

    Args:
        gq: Gradient in q, changed.
        gv: Gradient in v, changed; at the first step it is not needed.
        early: In s-fold sines of the early stages; changed to that in q1 and q2.
        late: In q3, and below it in q4.
        h: Length of the step.
        s: Stretch.
        cosines: Of the early stages.
    """
    _through(early, cosines, s)
    gq, gv = gq.reshape(-1), gv.reshape(-1)
    early, late = early.reshape(-1), late.reshape(-1)
    m, half = len(gq), h * gq.dtype.type(0.5)
    second, fourth = early[len(early) - m :], late[m:]
    if len(early) > m:
        for i in range(m):
            gv[i] += h * (gq[i] + fourth[i]) + half * (second[i] + late[i])
        for i in range(m):
            gq[i] += second[i]
    for i in range(m):
        gq[i] += early[i] + late[i] + fourth[i]


@compiled
def pull_last_late(gq, both, second, third, h, s, cosines, slopes):
    """Write the gradients in q2 and q3 of the last step, and in its a1.

    Args:
        gq: Gradient in q after the step; there is none in v.
        both: In the sum of the s-fold sines of q2 and q3.
        second: Written, that in q2.
        third: Written, that in q3.
        h: Length of the step.
        s: Stretch.
        cosines: Of the three stages, one below the other.
        slopes: Written.
    """
    m = len(gq)
    second[:] = both
    third[:] = both
    _through(second, cosines[m : m + m], s)
    _through(third, cosines[m + m :], s)
    gq, third, slopes = gq.reshape(-1), third.reshape(-1), slopes.reshape(-1)
    quarter, square = h * h * gq.dtype.type(0.25), h * h * gq.dtype.type(1 / 6)
    for i in range(len(gq)):
        slopes[i] = square * gq[i] + quarter * third[i]


@compiled
def pull_last_early(gq, gv, first, second, third, h, s, cosines):
    """Do as `pull_step`, in the last step, where `first` is one of three arrays."""
    _through(first, cosines, s)
    gq, gv, half = gq.reshape(-1), gv.reshape(-1), h * gq.dtype.type(0.5)
    first, second, third = first.reshape(-1), second.reshape(-1), third.reshape(-1)
    for i in range(len(gq)):
        gv[i] = h * gq[i] + half * (second[i] + third[i])
    for i in range(len(gq)):
        gq[i] += first[i] + second[i] + third[i]


@compiled
def _through(slopes, cosines, s):
    """Take gradients in s-fold sines back to the angles."""
    slopes, cosines = slopes.reshape(-1), cosines.reshape(-1)
    for i in range(len(slopes)):
        slopes[i] *= s * cosines[i]
