"""A swing forth, keeping what the way back needs."""

from __future__ import annotations

import itertools
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pnn_mechanical.oscillators.steps import (
    advance,
    early,
    last_early,
    last_late,
    late,
)

Array = NDArray[np.floating[Any]]
Number = np.floating[Any]

__all__ = ["Kept", "forth", "stacks"]


class Kept(NamedTuple):
    """What the way back needs.

    Rows of angles and cosines are those of all stages, in the order of `steps`; so are
    rows of sines, but for the last step's second and third stages, which share theirs.
    """

    matrix: Array
    h: Number
    s: Number
    angles: Array
    sines: Array
    cosines: Array


@cache
def stacks(batch: int, steps: int) -> list[tuple[slice, slice]]:
    """Return the rows of early and late stages, step by step."""
    rows = [*[2 * batch] * (2 * steps - 1), batch]
    if steps > 1:
        rows[0] = batch
    ends = itertools.pairwise(np.cumsum([0, *rows]).tolist())
    slices = [slice(*pair) for pair in ends]
    return list(zip(slices[::2], slices[1::2], strict=True))


def forth(
    q: Array,
    matrix: Array,
    drive: Array,
    h: Number,
    s: Number,
    *,
    steps: int,
    read: int,
    angled: bool,
) -> tuple[Array, Kept]:
    """Let go at rest, and read the last oscillators after so many steps.

    Args:
        q: Angles [batch, oscillator], changed.
        matrix: M.
        drive: e.
        h: Length of a step.
        s: Stretch.
        steps: How many.
        read: Number of oscillators to read.
        angled: Whether to keep angles.
    """
    batch, count = q.shape
    *before, (first, second) = stacks(batch, steps)
    rows, pair = second.stop, (2 * batch, count)
    sines = np.empty((rows - batch, count), q.dtype)
    cosines = np.empty((rows, count), q.dtype)
    angles = np.empty((rows, count) if angled else pair, q.dtype)
    v, a, b = np.zeros_like(q), np.empty(pair, q.dtype), np.empty(pair, q.dtype)

    def room(stack: slice) -> Array:
        return angles[stack if angled else slice(stack.stop - stack.start)]

    for ahead, far in before:
        early(q, v, h, s, room(ahead), sines[ahead], cosines[ahead])
        x = np.matmul(sines[ahead], matrix, out=a[: ahead.stop - ahead.start])
        late(q, v, x, drive, h, s, room(far), sines[far], cosines[far])
        y = np.matmul(sines[far], matrix, out=b)
        advance(q, v, x, y, drive, h)
    one, both = sines[-2 * batch : -batch], sines[-batch:]
    last_early(q, v, h, s, room(first), one, both, cosines[first])
    x = np.matmul(one, matrix, out=a[:batch])
    last_late(q, v, x, drive, h, s, room(second), both, cosines[second])
    ends = slice(count - read, None)
    pulled = x[:, ends] + drive[ends] + drive[ends] + both @ matrix[:, ends]
    swung = (q + h * v)[:, ends] + h * h / q.dtype.type(6) * pulled
    return swung, Kept(matrix, h, s, angles, sines, cosines)
