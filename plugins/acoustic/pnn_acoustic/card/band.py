"""A resampler in between leaves nothing above half the lower rate: found by that."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]

__all__ = ["resampled_from_hz"]

STANDARD_HZ = (8e3, 11025.0, 16e3, 22050.0, 32e3, 44.1e3, 48e3, 88.2e3, 96e3)

BELOW, ABOVE = (0.85, 0.97), (1.03, 1.15)
"""The bands that are compared, relative to half of a standard rate."""

HEARD, UNHEARD = 30.0, 3.0
"""Power relative to the noise: at least in the lower band, at most in the upper."""


def resampled_from_hz(response: Array, sample_rate_hz: float) -> float | None:
    """Return the standard rate at half of which a response breaks off, or None.

    It must be heard below that frequency and be lost in noise above it, within a
    quarter of an octave. Rates closer to each other than 15 % cannot be told so: the
    filter of a good converter looks the same.

    Args:
        response: Impulse response [lag], circular, faded in its third quarter. What
            comes before its onset stands at the end: a cut would look like a sound.
        sample_rate_hz: Of the response.
    """
    power = np.abs(np.fft.rfft(response)) ** 2
    frequency_hz = np.fft.rfftfreq(len(response), 1 / sample_rate_hz)
    quiet = response[len(response) // 2 : 3 * len(response) // 4]
    floor = len(response) * np.var(quiet)

    def mean_power(band: tuple[float, float], edge_hz: float) -> float:
        inside = (frequency_hz >= band[0] * edge_hz) & (
            frequency_hz < band[1] * edge_hz
        )
        return float(power[inside].mean())

    for rate_hz in STANDARD_HZ:
        edge_hz = rate_hz / 2
        if ABOVE[1] * edge_hz > sample_rate_hz / 2:
            break
        heard = mean_power(BELOW, edge_hz) > HEARD * floor
        if heard and mean_power(ABOVE, edge_hz) < UNHEARD * floor:
            return rate_hz
    return None
