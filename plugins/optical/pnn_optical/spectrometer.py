"""The spectrometer: from the harmonic's power to counts, with what a detector adds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from pydantic import Field
from scipy.special import erf

import pnn_core as pnn
from pnn_optical import schematic
from pnn_optical.grid import Grid

__all__ = ["Spectrograph", "SpectrometerSettings"]

Array = NDArray[np.floating[Any]]


class SpectrometerSettings(pnn.Config):
    """What the spectrometer is, and what it adds.

    A silicon line sensor as in compact spectrometers: wells of 1e5 electrons, read
    noise of 12 steps of 14 bits, and an electrical baseline that keeps the noise of a
    dark spectrum above zero. Each bin sums `sensor_pixels`.
    """

    resolution_hz: float = Field(
        2e11, gt=0, le=1e13, description="Line width, FWHM: 0.1 nm at 390 nm."
    )
    line_offset_hz: float = Field(
        5e10, ge=-1e12, le=1e12, description="Error of its frequency scale."
    )
    response_spread: float = Field(
        0.05, ge=0, le=0.5, description="Relative spread of the bins' response."
    )
    stray_light: float = Field(
        5e-4, ge=0, le=0.1, description="Share of all light spread over all bins."
    )
    well_electrons: float = Field(
        1e5, ge=1e3, le=1e8, description="Electrons that fill one sensor pixel."
    )
    sensor_pixels: int = Field(4, ge=1, le=64, description="Sensor pixels per bin.")
    shot_noise: float = Field(
        1.0, ge=0, le=10, description="Shot noise, relative to Poisson's."
    )
    read_noise_electrons: float = Field(
        75.0, ge=0, le=1e5, description="RMS read noise per sensor pixel."
    )
    dark_electrons_per_s: float = Field(
        2e4, ge=0, le=1e8, description="Dark current per sensor pixel."
    )
    baseline: float = Field(
        0.02, ge=0, le=0.5, description="Count without charge, in full scales."
    )
    adc_bits: int = Field(14, ge=2, le=24, description="Resolution of its converter.")


class Spectrograph:
    """Counts of a spectrum, in fractions of full scale, the dark level included.

    Args:
        grid: Of frequencies.
        bins: Of the spectrum.
        settings: Of the instrument.
        rng: Draws this specimen of it.
        drawing: Nominal band.
    """

    def __init__(
        self,
        grid: Grid,
        bins: int,
        settings: SpectrometerSettings,
        rng: Generator,
        drawing: schematic.Spectrometer = schematic.Spectrometer(),  # noqa: B008
    ) -> None:
        self.settings = settings
        width_hz = drawing.span_hz / bins
        edge_hz = width_hz * (np.arange(bins + 1) - bins / 2) + settings.line_offset_hz
        sigma_hz = settings.resolution_hz / np.sqrt(8 * np.log(2))
        harmonic_hz = grid.harmonic_hz[: 2 * grid.lines, None]
        below = erf((edge_hz - harmonic_hz) / (np.sqrt(2) * sigma_hz)) / 2
        sensitivity = 1 + settings.response_spread * rng.standard_normal(bins)
        collect = np.diff(below, axis=1) + settings.stray_light / bins
        self.collect = (collect * sensitivity).astype(np.float32)
        self.full_electrons = settings.well_electrons * settings.sensor_pixels
        self.electrons_per_unit_s = 1.0

    def light(self, harmonic: NDArray[Any]) -> Array:
        """Return the light [batch, bin] of harmonic fields [batch, point]."""
        seen = harmonic[:, : len(self.collect)]
        power: Array = (seen.real**2 + seen.imag**2) @ self.collect
        return power

    def set_sensitivity(self, light: Array, exposure_s: float) -> None:
        """Choose the filter in front, so that `light` just fills the scale.

        Args:
            light: As `light` returns it.
            exposure_s: Exposure for which that shall hold.
        """
        full = self.full_electrons - self.dark_electrons(exposure_s)
        self.electrons_per_unit_s = full / (float(light.max()) * exposure_s)

    def dark_electrons(self, exposure_s: float) -> float:
        """Return the mean dark charge of a bin."""
        per_s = self.settings.dark_electrons_per_s * self.settings.sensor_pixels
        return per_s * exposure_s

    def counts(self, light: Array, exposure_s: float, rng: Generator) -> Array:
        """Return one exposure [batch, bin]: noise, saturation, converter."""
        settings = self.settings
        mean = light * np.float32(self.electrons_per_unit_s * exposure_s)
        mean += np.float32(self.dark_electrons(exposure_s))
        read = settings.read_noise_electrons**2 * settings.sensor_pixels
        variance = settings.shot_noise**2 * mean + np.float32(read)
        noise = rng.standard_normal(mean.shape, dtype=np.float32)
        electrons = mean + np.sqrt(variance) * noise
        steps = 2**settings.adc_bits - 1
        base = settings.baseline
        scaled = base + electrons * np.float32((1 - base) / self.full_electrons)
        counts: Array = np.rint(scaled * steps).clip(0, steps) / np.float32(steps)
        return counts
