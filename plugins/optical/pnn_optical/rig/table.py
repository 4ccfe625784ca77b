"""The optical table: what the shaper shows now is what the spectrometer sees now."""

from __future__ import annotations

import asyncio
from time import monotonic

import numpy as np
from pydantic import Field

from pnn_core.signals import Array
from pnn_optical.bench import Optics, OpticsSettings

__all__ = ["Faults", "Table", "TableSettings"]

SLICES = 8
"""Moments at which an exposure looks at a shaper that is still moving."""

SETTLED = 1e-6
"""Change of a transmission that no longer matters."""

Counts = dict[tuple[str, str], int]


class TableSettings(OpticsSettings):
    """The light's path, and what changes on it with time."""

    adc_bits: int = Field(16, ge=2, le=24, description="Resolution of its converter.")
    filter: float = Field(
        0.25, gt=0, le=1, description="Transmission of the filter before the slit."
    )
    shaper_tau_s: float = Field(
        1e-3, ge=0, le=10, description="Time constant in which the shaper settles."
    )
    dark_drift_per_s: float = Field(
        0.0, ge=-1, le=1, description="Drift of the dark level, in full scales."
    )
    real_time: bool = Field(
        False, description="Whether an exposure takes the time that it would."
    )


class Table:
    """Shaper, crystal and spectrometer, and the time that passes between them.

    Each pixel follows what it is told exponentially.
    """

    def __init__(self, settings: TableSettings) -> None:
        self.settings = settings
        self.optics = Optics(settings)
        self.optics.spectrometer.electrons_per_unit_s *= settings.filter
        self.start = monotonic()
        self.laser, self.dark_level = 1.0, 0.0
        self.tau_s = settings.shaper_tau_s
        self.trigger = asyncio.Event()
        self.shots = self.patterns = 0
        self._told: Array = np.zeros(settings.pixels)
        self._from = self._told
        self._since = self.start

    def show(self, transmissions: Array) -> None:
        """Tell the pixels where to go."""
        now = monotonic()
        self._from, self._since = self.shown(now), now
        self._told = transmissions
        self.patterns += 1

    def shown(self, moment: float) -> Array:
        """Return where the pixels are."""
        passed_s = moment - self._since
        left = np.exp(-passed_s / self.tau_s) if self.tau_s else 0.0
        return self._told + left * (self._from - self._told)

    async def exposed(self, exposure_s: float, unlit: int) -> tuple[Array, Array]:
        """Return one exposure's counts, in fractions of full scale.

        Args:
            exposure_s: Exposure time.
            unlit: Sensor pixels that the spectrum does not reach.

        Returns:
            The bins [bin] and the unlit pixels [pixel].
        """
        self.shots += 1
        start = monotonic()
        if self.settings.real_time:
            await asyncio.sleep(exposure_s)
        light = self.laser * self._light(start, monotonic())
        stray = light.sum() * self.settings.stray_light / self.settings.bins
        light = np.append(light, np.full(unlit, stray, np.float32))
        optics = self.optics
        wander = 1 + self.settings.laser_noise * optics.rng.standard_normal()
        light *= np.float32(wander) ** 2
        counts = optics.spectrometer.counts(light[None], exposure_s, optics.rng)[0]
        drift = self.settings.dark_drift_per_s * (start - self.start)
        counts = (counts + self.dark_level + drift).clip(0, 1)
        return counts[:-unlit], counts[-unlit:]

    def _light(self, start: float, end: float) -> Array:
        """Return the mean light [bin] between two moments."""
        moving = np.abs(self.shown(start) - self.shown(end)).max() > SETTLED
        middles = (np.arange(SLICES) + 0.5) / SLICES if moving else [0.0]
        rows = np.stack([self.shown(start + m * (end - start)) for m in middles])
        mean: Array = self.optics.light(rows.astype(np.float32)).mean(0)
        return mean


class Faults:
    """What shall go wrong, where, and how often."""

    def __init__(self) -> None:
        self.waiting: Counts = {}

    def provoke(self, instrument: str, fault: str, times: int) -> None:
        """Let something go wrong the next times."""
        self.waiting[instrument, fault] = times

    def strikes(self, instrument: str, fault: str) -> bool:
        """Return whether it goes wrong now."""
        left = self.waiting.get((instrument, fault), 0)
        self.waiting[instrument, fault] = max(left - 1, 0)
        return left > 0
