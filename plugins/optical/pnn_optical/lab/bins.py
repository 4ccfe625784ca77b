"""From the spectrometer's pixels to the bins of the device's outputs."""

from __future__ import annotations

import numpy as np

from pnn_core.errors import DeviceError
from pnn_core.signals import Array
from pnn_optical.schematic import LIGHT_M_PER_S, Pulse, Spectrometer

__all__ = ["Bins"]

FEWEST_UNLIT = 8
"""Fewer pixels beyond the spectrum say nothing of the dark level."""


class Bins:
    """Which pixels belong to which bin, and which lie beyond the spectrum.

    Bins divide the band around twice the pulse's frequency evenly, red to blue.

    Args:
        wavelengths_nm: Of the pixels.
        bins: How many.

    Raises:
        DeviceError: If a bin has no pixel.
    """

    def __init__(self, wavelengths_nm: Array, bins: int) -> None:
        band_hz, centre_hz = Spectrometer().span_hz, 2 * Pulse().centre_hz
        frequency_hz = 1e9 * LIGHT_M_PER_S / np.asarray(wavelengths_nm)
        place = (frequency_hz - centre_hz) / band_hz * bins + bins / 2
        within = (place >= 0) & (place < bins)
        self.bin = np.where(within, np.floor(place), bins).astype(int)
        self.pixels = np.bincount(self.bin, minlength=bins + 1)[:bins]
        self.lit = within
        self.unlit = (place < -1) | (place > bins + 1)
        self.shows_drift = bool(self.unlit.sum() >= FEWEST_UNLIT)
        if not self.pixels.all():
            blue_nm, red_nm = (
                1e9 * LIGHT_M_PER_S / (centre_hz + side * band_hz / 2)
                for side in (1, -1)
            )
            raise DeviceError(
                f"The spectrometer's pixels lie at {np.min(wavelengths_nm):.2f} to "
                f"{np.max(wavelengths_nm):.2f} nm; of the {bins} bins from "
                f"{blue_nm:.2f} to {red_nm:.2f} nm, {np.sum(self.pixels == 0)} have "
                f"no pixel.\n"
                f"  Use a finer grating there, or fewer bins."
            )

    def mean(self, counts: Array) -> Array:
        """Return the mean count of each bin."""
        sums = np.bincount(self.bin, counts, minlength=len(self.pixels) + 1)
        mean: Array = sums[: len(self.pixels)] / self.pixels
        return mean
