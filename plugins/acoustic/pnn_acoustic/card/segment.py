"""One gapless waveform: where everything lies in it, and how it is put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
Indices = NDArray[np.integer[Any]]

__all__ = ["Segment", "faded"]


@dataclass(frozen=True)
class Segment:
    """The layout of one waveform, all lengths in samples.

    guard | pilot | guard | example | guard | ... | example | guard | pilot | tail

    Args:
        examples: How many.
        samples: Length of an example.
        pilot: Length of a pilot.
        guard: Silence in which the plate rings down.
        tail: Silence at the end, in which the last sound still arrives.
    """

    examples: int
    samples: int
    pilot: int
    guard: int
    tail: int

    @property
    def opening(self) -> int:
        """Where the first pilot begins."""
        return self.guard

    @property
    def starts(self) -> Indices:
        """Where each example begins."""
        first = 2 * self.guard + self.pilot
        return first + np.arange(self.examples) * (self.samples + self.guard)

    @property
    def closing(self) -> int:
        """Where the last pilot begins."""
        first = 2 * self.guard + self.pilot
        return first + self.examples * (self.samples + self.guard)

    @property
    def length(self) -> int:
        """Of the whole waveform."""
        return self.closing + self.pilot + self.tail

    def assembled(self, examples: Array, pilot: Array) -> Array:
        """Return the waveform [sample] of examples [example, sample] and a pilot."""
        waveform = np.zeros(self.length, np.float32)
        waveform[self._at(0)] = examples
        for begin in (self.opening, self.closing):
            waveform[begin : begin + self.pilot] = pilot
        return waveform

    def records(self, recorded: Array, late: int) -> Array:
        """Return what was recorded `late` samples after each example was played.

        Args:
            recorded: Shape [sample], as long as the waveform.
            late: Latency, plus the delay that is wanted.
        """
        return recorded[self._at(late)]

    def _at(self, late: int) -> Indices:
        return self.starts[:, None] + late + np.arange(self.samples)


def faded(examples: Array, samples: int) -> Array:
    """Return examples [..., sample] that rise and fall over so many samples.

    The weights are half a period of a raised cosine.
    """
    if not samples:
        return examples
    rise = 0.5 - 0.5 * np.cos(np.pi * (np.arange(samples) + 0.5) / samples)
    weights = np.ones(examples.shape[-1])
    weights[:samples] *= rise
    weights[-samples:] *= rise[::-1]
    return (examples * weights).astype(examples.dtype)
