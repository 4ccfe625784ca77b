"""The frequency grid on which the bench propagates light."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.fft import next_fast_len

from pnn_optical.schematic import Pulse, Shaper

__all__ = ["Grid"]

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Grid:
    """Equally spaced frequencies across the shaper's band, and across twice of it.

    The red edge of the band is line 0, so that lines m and n add up to line m + n of
    the second harmonic. What the Fourier transform holds beyond it is empty room.

    Args:
        pixels: Of the shaper.
        lines_per_pixel: Of the grid. The period in time is their number divided by
            the pixel's width in frequency.
    """

    pixels: int
    lines_per_pixel: int
    pulse: Pulse = field(default_factory=Pulse)
    shaper: Shaper = field(default_factory=Shaper)

    @property
    def lines(self) -> int:
        """Return the lines of the fundamental's band."""
        return self.pixels * self.lines_per_pixel

    @property
    def points(self) -> int:
        """Return the length of the Fourier transform: the harmonic just fits."""
        return int(next_fast_len(2 * self.lines))

    @property
    def spacing_hz(self) -> float:
        """Return the distance of two lines."""
        return self.shaper.span_hz / self.lines

    @property
    def fundamental_hz(self) -> Vector:
        """Return offsets from the pulse's centre, for each point of the transform."""
        return self._centred((self.lines - 1) / 2)

    @property
    def harmonic_hz(self) -> Vector:
        """Return offsets from twice the pulse's centre, likewise."""
        return self._centred(self.lines - 1)

    def _centred(self, centre: float) -> Vector:
        first = int(centre) - self.points // 2
        line = (np.arange(self.points) - first) % self.points + first
        return (line - centre) * self.spacing_hz
