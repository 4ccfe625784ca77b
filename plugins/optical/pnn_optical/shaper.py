"""The pulse and its shaper: from transmissions to the spectrum that meets the crystal.

A grating spreads the spectrum over a row of pixels, and a second one collects it. The
filter is the mask convolved with the intensity of the focused spot of one colour,
because only the light that returns to the input's mode is of use: Thurston, Heritage,
Weiner and Tomlinson, IEEE J. Quantum Electron. 22, 682 (1986); Weiner, Rev. Sci.
Instrum. 71, 1929 (2000).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from pydantic import Field
from scipy.special import erf

import pnn_core as pnn
from pnn_optical.grid import Grid

__all__ = ["PulseShaper", "ShaperSettings"]

Array = NDArray[np.floating[Any]]
Fields = NDArray[np.complexfloating[Any, Any]]


class ShaperSettings(pnn.Config):
    """How pulse and shaper deviate from the drawing."""

    spot_pixels: float = Field(
        0.8, ge=0.05, le=10, description="Spot of one colour, FWHM, in pixels."
    )
    fill: float = Field(
        0.97, gt=0, le=1, description="Share of a pixel that is not dark gap."
    )
    extinction: float = Field(
        1e-3,
        ge=0,
        le=1,
        description="Power that a dark pixel passes, of an open one's.",
    )
    pixel_spread: float = Field(
        0.02, ge=0, le=0.5, description="Relative spread of the pixels' transmission."
    )
    curve_error: float = Field(
        0.02, ge=-0.5, le=0.5, description="Calibration error at half transmission."
    )
    shaper_bits: int = Field(10, ge=1, le=16, description="Resolution of a pixel.")
    gdd_s2: float = Field(
        5e-28, ge=-1e-24, le=1e-24, description="Residual group-delay dispersion."
    )
    tod_s3: float = Field(
        1e-41, ge=-1e-36, le=1e-36, description="Residual third-order dispersion."
    )
    phase_ripple_rad: float = Field(
        0.1, ge=0, le=3, description="RMS ripple of the spectral phase."
    )
    spectrum_ripple: float = Field(
        0.05, ge=0, le=0.5, description="Relative RMS ripple of the spectrum."
    )
    centre_offset_hz: float = Field(
        2e11, ge=-5e12, le=5e12, description="Offset of the laser from the drawing."
    )
    bandwidth_error: float = Field(
        0.05, ge=-0.5, le=1, description="Relative error of the laser's bandwidth."
    )


class PulseShaper:
    """Fields behind the shaper: linear in the pixels' transmissions, with a leak.

    field = (curve(transmissions) * gain) @ response + leak, each line at the square
    root of its energy per area and period; see `spectral_amplitude`.

    Args:
        grid: Of frequencies.
        settings: Deviations from the drawing.
        rng: Draws this specimen of them.
    """

    def __init__(self, grid: Grid, settings: ShaperSettings, rng: Generator) -> None:
        self.grid, self.settings = grid, settings
        colour = spectral_amplitude(grid, settings, rng)
        mask = pixel_responses(grid, settings)
        gain = 1 + settings.pixel_spread * rng.standard_normal(grid.pixels)
        turn = np.exp(2j * np.pi * rng.uniform(size=grid.pixels))
        leak = np.sqrt(settings.extinction) * turn[:, None] * mask * colour
        response = gain[:, None] * mask * colour - leak
        self.response = response.astype(np.complex64)
        self.leak = leak.sum(0).astype(np.complex64)

    def fields(self, transmissions: Array) -> Fields:
        """Return the spectrum [batch, line] of pulses shaped by [batch, pixel]."""
        steps = 2**self.settings.shaper_bits - 1
        set_to = np.rint(transmissions * steps) / steps
        passed = set_to + 4 * self.settings.curve_error * set_to * (1 - set_to)
        single = self.response.view(np.float32)
        product = passed.astype(np.float32) @ single
        return product.view(np.complex64) + self.leak


def spectral_amplitude(
    grid: Grid, settings: ShaperSettings, rng: Generator
) -> NDArray[np.complex128]:
    """Return the laser's complex spectrum at each line of the band.

    The squares of the lines' magnitudes are the mean intensities, in W/m^2, that each
    contributes over one period of the grid. The effective area pi w^2 makes a plane
    wave of the pulse's power double as much light as the Gaussian beam does.
    """
    offset_hz = grid.fundamental_hz[: grid.lines]
    width_hz = grid.pulse.bandwidth_hz * (1 + settings.bandwidth_error)
    detuned = (offset_hz - settings.centre_offset_hz) / width_hz
    power = np.exp(-4 * np.log(2) * detuned**2)
    power *= 1 + settings.spectrum_ripple * _ripple(grid, rng)
    power = power.clip(min=0)
    area_m2 = np.pi * grid.pulse.waist_m**2
    power *= grid.pulse.energy_j * grid.spacing_hz / area_m2 / power.sum()
    omega = 2 * np.pi * offset_hz
    phase = settings.gdd_s2 * omega**2 / 2 + settings.tod_s3 * omega**3 / 6
    phase += settings.phase_ripple_rad * _ripple(grid, rng)
    return np.sqrt(power) * np.exp(1j * phase)


def pixel_responses(grid: Grid, settings: ShaperSettings) -> Array:
    """Return each open pixel's filter [pixel, line]: a box seen through the spot."""
    line = (np.arange(grid.lines) + 0.5) / grid.lines_per_pixel
    centre = np.arange(grid.pixels)[:, None] + 0.5
    sigma = settings.spot_pixels / np.sqrt(8 * np.log(2))
    half = settings.fill / 2

    def below(edge: Array) -> Array:
        return erf((line - edge) / (np.sqrt(2) * sigma)) / 2

    responses: Array = below(centre - half) - below(centre + half)
    return responses


def _ripple(grid: Grid, rng: Generator) -> Array:
    """Return smooth noise of unit variance: ten waves across the band at most."""
    place = np.arange(grid.lines) / grid.lines
    order = np.arange(1, 11)
    angle = np.pi * np.outer(order, place) + rng.uniform(0, 2 * np.pi, (10, 1))
    return np.sqrt(2 / len(order)) * rng.choice([-1, 1], 10) @ np.cos(angle)
