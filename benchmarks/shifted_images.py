"""More training images: each shifted a little, as a digit might be written."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import pnn_core as pnn

__all__ = ["with_shifted"]


def with_shifted(splits: pnn.Splits, copies: int, *, seed: int = 0) -> pnn.Splits:
    """Return splits whose training images come with copies, each shifted.

    Shifts are uniform between -1 and 1 pixel on both axes, by linear interpolation;
    what leaves the image comes in on the other side, where MNIST is black.

    Args:
        splits: Images [example, row, column].
        copies: Of each training image.
        seed: Of the shifts.
    """
    train, rng = splits.train, np.random.default_rng(seed)
    images = [train.features]
    for _ in range(copies):
        moved = train.features
        for axis in (1, 2):
            shift = rng.uniform(-1, 1, (len(train), 1, 1)).astype(np.float32)
            forth, back = np.roll(moved, 1, axis), np.roll(moved, -1, axis)
            part = np.abs(shift)
            moved = (1 - part) * moved + part * np.where(shift > 0, forth, back)
        images.append(moved)
    more = pnn.Split(np.concatenate(images), np.tile(train.labels, 1 + copies))
    return replace(splits, train=more)
