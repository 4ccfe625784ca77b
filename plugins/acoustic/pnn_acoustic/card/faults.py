"""Which records are not what the plate answered: clipped, shifted, or torn."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
Flags = NDArray[np.bool_]

__all__ = ["clipped", "misfit", "odd", "predicted", "repeats", "stuck", "unshifted"]

FULL_SCALE = 1 - 2**-15
"""Highest level of 16 bits, relative to full scale; finer converters go beyond."""

OUTLIER, FITS, MISFITS = 3.0, 0.08, 0.15
"""A record is odd if its error is so many times that of its median neighbour.

Below the second it never is, above the third always. To call a good record odd costs
one more measurement; to miss a bad one costs the experiment.
"""

LARGEST = 0.4
"""Relative error that is odd whatever was found before: that of 32 samples of 196."""

GAIN = 3.0
"""Factor, up or down, by which saturation may change the gain."""

STUCK = 16
"""Equal samples in a row that no noisy converter gives."""

LOUD = 20.0
"""RMS below which there is little to compare, in units of the noise."""


def clipped(records: Array, share: float) -> Flags:
    """Return which records [example, sample] have more than a share at full scale."""
    return (np.abs(records) >= FULL_SCALE).mean(axis=1) > share


def predicted(examples: Array, response: Array, delay: int) -> Array:
    """Return what a linear plate would answer: examples * response, `delay` later.

    Args:
        examples: Shape [example, sample].
        response: Impulse response [lag].
        delay: Of the first sample returned.
    """
    samples = examples.shape[1]
    length = samples + delay
    size = 2 ** int(np.ceil(np.log2(length + samples)))
    spectrum = np.fft.rfft(response[:length], size)
    return np.fft.irfft(np.fft.rfft(examples, size) * spectrum, size)[:, delay:length]


def misfit(records: Array, expected: Array, noise: float) -> Array:
    """Return the relative error of each expected record, once it may saturate.

    Each record is compared with gain * expected + bend * expected^3, both fitted to it:
    a preamplifier near its rail is no fault. The gain stays within a factor of three.
    Where less is expected than twenty times the noise, that is what errors relate to.
    """
    tiny = np.finfo(float).tiny
    error, linear = (a - a.mean(axis=1, keepdims=True) for a in (records, expected))
    level = np.linalg.norm(linear, axis=1)
    gain = _dot(error, linear) / (level**2 + tiny)
    error = error - gain.clip(1 / GAIN, GAIN)[:, None] * linear
    cubic = linear**3
    cubic -= (_dot(cubic, linear) / (level**2 + tiny))[:, None] * linear
    error -= (_dot(error, cubic) / (_dot(cubic, cubic) + tiny))[:, None] * cubic
    floor = LOUD * noise * np.sqrt(records.shape[1])
    return np.linalg.norm(error, axis=1) / (level + floor + tiny)


def _dot(a: Array, b: Array) -> Array:
    """Return the scalar product of each pair of rows."""
    return np.einsum("ij,ij->i", a, b)


def stuck(records: Array, noise: float) -> Flags:
    """Return which records [example, sample] stand still, though there is noise.

    A sound system fills gaps with silence, or with what it had before.

    Args:
        records: Relative to full scale.
        noise: RMS, relative to full scale; below two steps of 16 bits a converter may
            well stand still.
    """
    if noise < 2 * 2**-15 or records.shape[1] <= STUCK:
        return np.zeros(len(records), bool)
    still = (np.diff(records, axis=1) == 0) & (np.abs(records[:, 1:]) < FULL_SCALE)
    count = np.cumsum(np.pad(still, ((0, 0), (1, 0))), axis=1)
    run = STUCK - 1
    return (count[:, run:] - count[:, :-run] == run).any(axis=1)


def odd(misfits: Array, known: Array | float = 0.0) -> Flags:
    """Return which records do not fit, unlike their neighbours.

    Args:
        misfits: Relative error of each record.
        known: Relative error that is physics, as far as it is known, of each record.
    """
    fair = np.clip(OUTLIER * np.median(misfits), FITS, MISFITS)
    return misfits > np.clip(known, fair, LARGEST)


def unshifted(misfits: Array, *others: Array) -> Flags:
    """Return which records surely came before the lag changed.

    A dropout shifts all that follows. So these are the first ones, up to one that fits
    badly, or fits better at another lag, or does not tell.

    Args:
        misfits: At the lag of the opening pilot.
        *others: At other lags: its neighbours, and that of the closing pilot.
    """
    fits = misfits < MISFITS
    for other in others:
        fits &= misfits < other
    return np.logical_and.accumulate(fits)


def repeats(records: Array, earlier: Array, noise: float) -> Flags:
    """Return which records agree with an earlier measurement of the same examples.

    A dropout does not strike twice at the same place: what agrees is physics.
    """
    apart = np.sqrt(np.square(records - earlier).mean(axis=1))
    level = np.sqrt(np.square(records).mean(axis=1))
    return apart < 3 * noise + 0.03 * level
