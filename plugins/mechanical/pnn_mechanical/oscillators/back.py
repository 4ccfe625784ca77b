"""A swing back: gradients in what `forth` was given."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pnn_mechanical.oscillators.forth import Kept, stacks
from pnn_mechanical.oscillators.pulls import (
    pull_early,
    pull_last_early,
    pull_last_late,
    pull_late,
    pull_step,
)

Array = NDArray[np.floating[Any]]

__all__ = ["back"]


def back(
    slope: Array, kept: Kept, *, steps: int, through: bool, angled: bool
) -> tuple[Array, Array, float]:
    """Return the gradients in the angles, in all accelerations, and in the stretch.

    Args:
        slope: Gradient in what was read, [batch, read].
        kept: Of the way forth.
        steps: How many.
        through: Whether the first gradient is wanted; it is not complete otherwise.
        angled: Whether the last one is; it is zero otherwise.
    """
    matrix, h, s, angles, sines, cosines = kept
    (batch, read), count = slope.shape, len(matrix)
    *before, (first, _) = stacks(batch, steps)
    slopes, ends = np.empty_like(sines), slice(count - read, None)
    one, two = slopes[-2 * batch : -batch], slopes[-batch:]
    a, b = (np.empty((2 * batch, count), sines.dtype) for _ in range(2))
    q, v, turned = np.zeros((batch, count), sines.dtype), np.empty_like(one), 0.0
    q[:, ends] = slope
    np.multiply(q, h * h / q.dtype.type(6), out=two)
    both, x = two[:, ends] @ matrix[ends], a[:batch]
    ahead, far = b[:batch], b[batch:]
    pull_last_late(q, both, ahead, far, h, s, cosines[first.start :], one)
    np.matmul(one, matrix, out=x)
    pull_last_early(q, v, x, ahead, far, h, s, cosines[first][:batch])
    if angled:
        turned += np.vdot(x, angles[first][:batch]) + np.vdot(b, angles[-2 * batch :])
    for early, late in reversed(before):
        x, y = a[: early.stop - early.start], b
        pull_late(q, v, h, slopes[late])
        np.matmul(slopes[late], matrix, out=y)
        pull_early(q, v, y, h, s, cosines[late], slopes[early])
        if early.start or through or angled:
            np.matmul(slopes[early], matrix, out=x)
            pull_step(q, v, x, y, h, s, cosines[early])
        if angled:
            turned += np.vdot(y, angles[late]) + np.vdot(x, angles[early])
    return q, slopes, turned
