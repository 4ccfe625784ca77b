"""From a pattern on the shaper to a spectrum free of dark level and saturation."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from pydantic import Field

import pnn_core as pnn
from pnn_core.errors import DeviceError
from pnn_core.signals import Array
from pnn_optical.lab.bins import Bins
from pnn_optical.lab.shaper import Shaper
from pnn_optical.lab.spectrometer import Spectrometer

__all__ = ["Readout", "ReadoutSettings"]

ATTEMPTS = 6
"""Readings of one pattern, before a background or a laser counts as unsteady."""

DIMMER = 4.0
"""Factor by which a saturated exposure is shortened."""


class ReadoutSettings(pnn.Config):
    """How a spectrum is read."""

    averages: int = Field(1, ge=1, le=1000, description="Spectra per pattern.")
    discarded: int = Field(
        0,
        ge=0,
        le=10,
        description="Spectra thrown away after each change of the pattern: 1 for a "
        "spectrometer whose exposures run on by themselves.",
    )
    dark_frames: int = Field(16, ge=1, le=1000, description="Spectra per dark frame.")
    dark_every_s: float = Field(
        60.0, gt=0, description="Age at which a dark frame is taken anew."
    )
    dark_drift: float = Field(
        1e-3,
        gt=0,
        le=1,
        description="Change of the pixels beyond the spectrum, in full scales, at "
        "which the dark frame is taken anew.",
    )
    saturation: float = Field(
        0.98, gt=0, le=1, description="Count that is too much, in full scales."
    )


@dataclass(frozen=True)
class Dark:
    """Counts [pixel] with the shaper closed, and when they were taken."""

    counts: Array
    moment_s: float


class Readout:
    """Shows patterns, and reads their spectra.

    Args:
        shaper: Open.
        spectrometer: Open.
        bins: Of the spectrum.
        settings: How to read.
        settle_s: Wait after each change of the pattern.
    """

    def __init__(
        self,
        shaper: Shaper,
        spectrometer: Spectrometer,
        bins: Bins,
        settings: ReadoutSettings,
        settle_s: float,
    ) -> None:
        self.shaper, self.spectrometer, self.bins = shaper, spectrometer, bins
        self.settings, self.settle_s = settings, settle_s
        self.exposure_s = spectrometer.exposure_limits_s[0]
        self.counted = {"dark_frames": 0, "dark_drifts": 0, "saturations": 0}
        self._dark: dict[float, Dark] = {}

    def show(self, amplitudes: Array) -> None:
        """Show a pattern [pixel], and let it settle."""
        self.shaper.show(amplitudes)
        time.sleep(self.settle_s)
        self.discard()

    def discard(self) -> None:
        """Throw away spectra that may have begun before the last change."""
        for _ in range(self.settings.discarded):
            self.spectrometer.counts()

    def spectrum(self, amplitudes: Array) -> Array:
        """Return the counts per second [bin] that a pattern [pixel] makes.

        A saturated spectrum is taken again with a shorter exposure, one whose dark
        level has drifted with a new dark frame.

        Raises:
            DeviceError: If it stays saturated, or its dark level unsteady.
        """
        self.expose(self.exposure_s)
        self.dark()
        self.show(amplitudes)
        for _ in range(ATTEMPTS):
            counts = self.counts(self.settings.averages)
            if self.is_saturated(counts):
                self.counted["saturations"] += 1
                self._dim()
            elif self._drifted(counts):
                self.counted["dark_drifts"] += 1
                self.forget_dark()
            else:
                net = counts - self.dark().counts
                return self.bins.mean(net) / self.spectrometer.exposure_s
            self.dark()
            self.show(amplitudes)
        raise DeviceError(
            f"{self.spectrometer.where}: a spectrum was spoilt {ATTEMPTS} times "
            f"running, by a dark level that drifts or by saturation.\n"
            f"  Let it warm up and shield it from stray light; see dark_drift."
        )

    def expose(self, seconds: float) -> None:
        """Set the exposure, if it is another."""
        if seconds != self.spectrometer.exposure_s:
            self.spectrometer.expose(seconds)

    def counts(self, frames: int) -> Array:
        """Return the mean counts [pixel] of some spectra."""
        total = self.spectrometer.counts()
        for _ in range(frames - 1):
            total = total + self.spectrometer.counts()
        return total / frames

    def dark(self) -> Dark:
        """Return the dark frame of this exposure; closes the shaper for a new one."""
        exposure_s, now = self.spectrometer.exposure_s, time.monotonic()
        known = self._dark.get(exposure_s)
        if known is None or now - known.moment_s > self.settings.dark_every_s:
            self.show(np.zeros(self.shaper.pixels))
            counts = self.counts(self.settings.dark_frames)
            known = self._dark[exposure_s] = Dark(counts, time.monotonic())
            self.counted["dark_frames"] += 1
        return known

    def forget_dark(self) -> None:
        """Let every dark frame be taken anew."""
        self._dark.clear()

    def is_saturated(self, counts: Array) -> bool:
        """Return whether a pixel within the spectrum counts too much."""
        limit = self.settings.saturation * self.spectrometer.full_scale
        return bool(counts[self.bins.lit].max() >= limit)

    def _drifted(self, counts: Array) -> bool:
        """Return whether the pixels beyond the spectrum left the dark frame."""
        if not self.bins.shows_drift:
            return False
        change = (counts - self.dark().counts)[self.bins.unlit].mean()
        limit = self.settings.dark_drift * self.spectrometer.full_scale
        return bool(abs(change) > limit)

    def _dim(self) -> None:
        shortest_s = self.spectrometer.exposure_limits_s[0]
        now_s = self.spectrometer.exposure_s
        if now_s <= shortest_s:
            raise DeviceError(
                f"{self.spectrometer.where} saturates at its shortest exposure, "
                f"{shortest_s:g} s.\n  Put a filter in front of it, or dim the laser."
            )
        self.expose(max(now_s / DIMMER, shortest_s))
