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
    slope: Array, kept: Kept, *, steps: int, to_angles: bool, to_stretch: bool
) -> tuple[Array, Array, float]:
    """Return the gradients in the angles, in the accelerations, and in the stretch.

    Those in accelerations are stacked as the sines are; the last ones are those in the
    last step's a2, and in its a3, too.

    Args:
        slope: Gradient in what was read, [batch, read].
        kept: Of the way forth.
        steps: How many.
        to_angles: Whether the first gradient is wanted; it is not finished otherwise.
        to_stretch: Whether the last one is; it is zero otherwise.
    """
    matrix, h, s, angles, sines, cosines = kept
    (batch, read), count = slope.shape, len(matrix)
    *before, (first, _) = stacks(batch, steps)
    slopes, ends = np.empty_like(sines), slice(count - read, None)
    one, both = slopes[-2 * batch : -batch], slopes[-batch:]
    a, b = (np.empty((2 * batch, count), sines.dtype) for _ in range(2))
    gq, gv, turned = np.zeros((batch, count), sines.dtype), np.empty_like(one), 0.0
    gq[:, ends] = slope
    np.multiply(gq, h * h / gq.dtype.type(6), out=both)
    x, second, third = a[:batch], b[:batch], b[batch:]
    both_sines = both[:, ends] @ matrix[ends]
    pull_last_late(gq, both_sines, second, third, h, s, cosines[first.start :], one)
    np.matmul(one, matrix, out=x)
    pull_last_early(gq, gv, x, second, third, h, s, cosines[first][:batch])
    if to_stretch:
        turned += np.vdot(x, angles[first][:batch]) + np.vdot(b, angles[-2 * batch :])
    for early, late in reversed(before):
        x = a[: early.stop - early.start]
        pull_late(gq, gv, h, slopes[late])
        np.matmul(slopes[late], matrix, out=b)
        pull_early(gq, gv, b, h, s, cosines[late], slopes[early])
        if early.start or to_angles or to_stretch:
            np.matmul(slopes[early], matrix, out=x)
            pull_step(gq, gv, x, b, h, s, cosines[early])
        if to_stretch:
            turned += np.vdot(b, angles[late]) + np.vdot(x, angles[early])
    return gq, slopes, turned / s**2
