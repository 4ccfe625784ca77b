"""Generator and digitiser: resolution, noise and jitter, for every rig."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

import pnn_core as pnn
from pnn_electronic.schematic import DRIVE_V, FULL_SCALE_V, Parts

Array = NDArray[np.floating[Any]]

__all__ = ["ConverterConfig", "Converters", "quantise", "thermal_noise_v"]

BOLTZMANN_J_PER_K = 1.380649e-23
"""Exact by definition (SI brochure, 9th edition, 2019)."""


class ConverterConfig(pnn.Config):
    """Settings of generator and digitiser."""

    noise_v: float = Field(
        1e-3, ge=0, le=1, description="RMS noise of digitiser, cables and amplifiers."
    )
    jitter_noise_s: float = Field(
        1e-9, ge=0, le=1e-6, description="RMS jitter of the digitiser's clock."
    )
    noise_temperature_k: float = Field(
        300.0, ge=0, le=500, description="Temperature, for the thermal noise."
    )
    dac_bits: int = Field(16, ge=2, le=24, description="Resolution of the generator.")
    adc_bits: int = Field(16, ge=2, le=24, description="Resolution of the digitiser.")
    seed: int = Field(0, ge=0, description="Seed of the noise.")


class Converters:
    """One generator and one digitiser, with a noise of their own.

    Args:
        config: Resolution, noise and seed.
        parts: The circuit that they are connected to.
    """

    def __init__(self, config: ConverterConfig, parts: Parts) -> None:
        self.config = config
        thermal_v = thermal_noise_v(parts, config.noise_temperature_k)
        self.noise_v = float(np.hypot(config.noise_v, thermal_v))
        self.rng = np.random.Generator(np.random.SFC64(config.seed))

    def generated(self, volts: Array) -> Array:
        """Return what the generator puts out when asked for `volts`."""
        return quantise(volts, DRIVE_V, self.config.dac_bits)

    def digitised(self, volts: Array, sample_rate_hz: float) -> Array:
        """Return what the digitiser makes of the probe's volts [..., sample].

        Jitter dt changes a sample by dt dv/dt, with dv/dt from its neighbours; it is
        independent of the other noise, so their variances add.
        """
        number = volts.dtype.type
        width = np.full_like(volts, self.noise_v)
        if self.config.jitter_noise_s:
            slope = volts[..., 2:] - volts[..., :-2]
            slope *= number(self.config.jitter_noise_s * sample_rate_hz / 2)
            width[..., 1:-1] = np.sqrt(slope * slope + number(self.noise_v**2))
        width *= self.rng.standard_normal(volts.shape, dtype=volts.dtype.type)
        width += volts
        return quantise(width, FULL_SCALE_V, self.config.adc_bits)


def thermal_noise_v(parts: Parts, temperature_k: float) -> float:
    """Return the RMS of the resistor's Johnson noise at the probe.

    Equipartition: C <v^2> / 2 = k T / 2, whatever R and L are (Nyquist, Phys. Rev. 32,
    110 (1928)). Its correlation from sample to sample is left out: it is a thousandth
    of what a digitiser adds.
    """
    return parts.probe_gain * float(
        np.sqrt(BOLTZMANN_J_PER_K * temperature_k / parts.capacitance_f)
    )


def quantise(volts: Array, full_scale_v: float, bits: int) -> Array:
    """Return volts rounded to the nearest of 2^bits levels and clipped to the outer.

    Mid-tread two's complement: levels are k full_scale / 2^(bits - 1), for
    -2^(bits - 1) <= k < 2^(bits - 1).
    """
    half = 2 ** (bits - 1)
    levels = np.rint(volts * volts.dtype.type(half / full_scale_v))
    np.clip(levels, -half, half - 1, out=levels)
    levels *= volts.dtype.type(full_scale_v / half)
    return levels
