"""The virtual bench: laser, pulse shaper, crystal and spectrometer."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

import pnn_core as pnn
from pnn_optical.crystal import CrystalSettings, DoublingCrystal
from pnn_optical.grid import Grid
from pnn_optical.schematic import FULL_OPEN_S
from pnn_optical.shaper import PulseShaper, ShaperSettings
from pnn_optical.signals import Ports, input_spec, output_spec
from pnn_optical.spectrometer import Spectrograph, SpectrometerSettings

Array = NDArray[np.floating[Any]]

__all__ = ["Optics", "OpticsSettings", "ShgBench"]


class OpticsSettings(Ports, ShaperSettings, CrystalSettings, SpectrometerSettings):
    """Settings of the light's whole path."""

    lines_per_pixel: int = Field(
        2, ge=1, le=32, description="Frequencies computed per pixel."
    )
    laser_noise: float = Field(
        3e-3, ge=0, le=0.5, description="Relative RMS wander of the pulses' energy."
    )
    part_seed: int = Field(0, ge=0, description="Seed of the parts' deviations.")
    seed: int = Field(0, ge=0, description="Seed of the noise.")


class Optics:
    """From transmissions to counts: the one callable that holds the physics.

    The bench and the instrument server both look at it.

    Args:
        settings: Of every part.
    """

    def __init__(self, settings: OpticsSettings) -> None:
        parts = np.random.default_rng(settings.part_seed)
        grid = Grid(settings.pixels, settings.lines_per_pixel)
        self.settings = settings
        self.shaper = PulseShaper(grid, settings, parts)
        self.crystal = DoublingCrystal(grid, settings)
        self.spectrometer = Spectrograph(grid, settings.bins, settings, parts)
        self.rng = np.random.default_rng(settings.seed)
        brightest = self.light(np.ones((1, settings.pixels), np.float32))
        self.spectrometer.set_sensitivity(brightest, FULL_OPEN_S)

    def light(self, transmissions: Array) -> Array:
        """Return the harmonic's light [batch, bin] of masks [batch, pixel]."""
        _, harmonic = self.crystal.propagate(self.shaper.fields(transmissions))
        return self.spectrometer.light(harmonic)

    def counts(self, transmissions: Array, exposure_s: float) -> Array:
        """Return one exposure each, in fractions of full scale, dark level included.

        Args:
            transmissions: [batch, pixel], from 0 to 1.
            exposure_s: Exposure time.
        """
        wander = self.rng.standard_normal((len(transmissions), 1), dtype=np.float32)
        light = self.light(transmissions)
        light *= (1 + np.float32(self.settings.laser_noise) * wander) ** 2
        return self.spectrometer.counts(light, exposure_s, self.rng)

    def dark(self, exposure_s: float, frames: int) -> Array:
        """Return the mean [bin] of exposures with the shutter closed."""
        nothing = np.zeros((frames, self.settings.bins), np.float32)
        return self.spectrometer.counts(nothing, exposure_s, self.rng).mean(0)


class ShgBench(pnn.Device):
    """Simulated pulse shaper, frequency-doubling crystal and spectrometer.

    Each example is one setting of the pixels and one exposure of the spectrum, minus
    the mean of 16 dark frames that are taken when the bench is opened.

    Leaves out: diffraction and walk-off in the crystal, the variation of the beam
    across its profile, Kerr and thermal effects, and drift.
    """

    name = "optical-shg-bench"
    virtual = True

    class Config(OpticsSettings):
        """Settings of the virtual rig."""

        exposure_s: float = Field(
            FULL_OPEN_S, ge=1e-5, le=10, description="Exposure of a spectrum."
        )

    config: Config

    @property
    def inputs(self) -> pnn.SignalSpec:
        """Amplitude transmissions of the pixels."""
        return input_spec(self.config)

    @property
    def params(self) -> pnn.SignalSpec:
        """None: what is trained sits on the spectrum, beside the features."""
        return pnn.SignalSpec.empty()

    @property
    def outputs(self) -> pnn.SignalSpec:
        """The harmonic's spectrum, in fractions of the scale above its baseline."""
        return output_spec(self.config)

    def connect(self) -> None:
        """Build the parts, and take the dark frame."""
        self.optics = Optics(self.config)
        self.dark = self.optics.dark(self.config.exposure_s, frames=16)

    def measure(self, inputs: Array, params: Array) -> Array:
        """Shape, double, and read; see `Device.measure`."""
        rows = inputs.reshape(-1, self.config.pixels)
        counts = self.optics.counts(rows, self.config.exposure_s) - self.dark
        counts /= np.float32(1 - self.config.baseline)
        return counts.reshape(len(inputs), *self.outputs.shape)
