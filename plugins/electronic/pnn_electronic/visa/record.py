"""Records: many examples in one waveform, and back, aligned to the sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]

__all__ = ["Layout", "onset", "taken"]

MOST_APART = 0.25
"""Between a sample and the time it is wanted at, relative to the holds' length."""

FRACTION = 0.2
"""Of its peak, where a response to a step is said to begin."""


@dataclass(frozen=True)
class Layout:
    """Where the examples lie in a record, which begins and ends at rest.

    Args:
        samples: Inputs, and outputs, of an example.
        delay: Samples from the first input to the first output.
        rest: Samples at 0 V, at least, after each example.
        rate_hz: Samples a second.
    """

    samples: int
    delay: int
    rest: int
    rate_hz: float

    @property
    def period(self) -> int:
        """Samples from one example to the next."""
        return self.samples + max(self.rest, self.delay, 1)

    def length(self, batch: int) -> int:
        """Return the samples of a record."""
        return 1 + batch * self.period

    def most(self, points: int) -> int:
        """Return how many examples so many points hold."""
        return (points - 1) // self.period

    def played(self, volts: Array) -> Array:
        """Return the record of [batch, sample] volts."""
        record = np.zeros(self.length(len(volts)), volts.dtype)
        record[1:].reshape(len(volts), -1)[:, : self.samples] = volts
        return record

    def ends_s(self, batch: int) -> Array:
        """Return when each output's hold ends, after the record's start."""
        first = 2 + self.delay + self.period * np.arange(batch)[:, None]
        return (first + np.arange(self.samples)) / self.rate_hz


def taken(volts: Array, start_s: float, step_s: float, wanted_s: Array) -> Array:
    """Return the samples nearest to the wanted times.

    Raises:
        ValueError: If the record does not cover the times, or samples lie too far from
            them.
    """
    at = (wanted_s - start_s) / step_s
    nearest = np.rint(at).astype(np.int64)
    if nearest.min() < 0 or nearest.max() >= len(volts):
        raise ValueError(
            f"{len(volts)} samples from {start_s:.9g} s on do not cover "
            f"{wanted_s.min():.9g} to {wanted_s.max():.9g} s"
        )
    wanted_step_s = np.diff(wanted_s[0]).mean()
    apart = np.abs(nearest - at).max() * step_s / wanted_step_s
    if apart > MOST_APART:
        raise ValueError(
            f"samples every {step_s:.9g} s lie up to {apart:.2f} samples from the ends "
            f"of the holds, every {wanted_step_s:.9g} s"
        )
    return volts[nearest]


def onset(response: Array) -> float:
    """Return where a response first reaches a fifth of its peak, in samples.

    Interpolated between samples. Relative to the peak, so that neither the gain nor,
    much, the tolerance of the parts moves it.
    """
    size = np.abs(response)
    level = FRACTION * size.max()
    at = int(np.argmax(size >= level))
    if at == 0:
        return 0.0
    return float(at - (size[at] - level) / (size[at] - size[at - 1]))
