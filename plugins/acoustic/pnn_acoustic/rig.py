"""The virtual rig: what was built, and what its converters do to a voltage."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

import pnn_core as pnn
from pnn_acoustic.converters import quantise, saturate
from pnn_acoustic.parts import Motor, Tolerances, built, coefficients
from pnn_acoustic.schematic import Microphone, Plate, Speaker, Vector

Array = NDArray[np.floating[Any]]

__all__ = ["DRIVE_V", "FULL_SCALE_V", "Rig", "RigConfig"]

DRIVE_V = 5.0
"""Full scale of the power amplifier: 1.6 W RMS into 8 ohm for a sine."""

FULL_SCALE_V = 1.0
"""Full scale of the recorder."""


class RigConfig(pnn.Config):
    """Settings of the virtual rig, whatever plays to it."""

    sample_rate_hz: float = Field(
        48e3, ge=8e3, le=192e3, description="Rate of both converters."
    )
    modes: int = Field(16, ge=1, le=64, description="Modes of the plate, lowest first.")
    substeps: int = Field(3, ge=1, le=64, description="Runge-Kutta steps per sample.")
    detuning: float = Field(
        0.03, ge=0, le=0.2, description="Relative spread of the modal frequencies."
    )
    damping_spread: float = Field(
        0.2, ge=0, le=1, description="Relative spread of the dampings."
    )
    gain_spread: float = Field(
        0.1, ge=0, le=0.5, description="Relative spread of motor, drive and pickup."
    )
    bl_limit_m: float = Field(
        0.4e-3, ge=1e-5, le=1, description="Displacement where Bl is at 82 %."
    )
    k_limit_m: float = Field(
        0.4e-3,
        ge=1e-5,
        le=1,
        description="Displacement where compliance is at 75 %.",
    )
    offset_m: float = Field(
        0.05e-3, ge=-1e-3, le=1e-3, description="Coil's rest, off the gap's middle."
    )
    noise_v: float = Field(
        2e-3,
        ge=0,
        le=1,
        description="RMS noise at the recorder, air and preamplifier.",
    )
    dac_bits: int = Field(16, ge=2, le=24, description="Resolution of the player.")
    adc_bits: int = Field(16, ge=2, le=24, description="Resolution of the recorder.")
    part_seed: int = Field(0, ge=0, description="Seed of the parts' tolerances.")
    seed: int = Field(0, ge=0, description="Seed of the noise.")


class Rig:
    """One specimen of amplifier, loudspeaker, plate, microphone and sound card.

    Args:
        config: What was built.
    """

    plate = Plate()
    speaker = Speaker()
    microphone = Microphone()

    def __init__(self, config: RigConfig) -> None:
        self.config = config
        self.rng = np.random.default_rng(config.seed)

    def parts(self) -> tuple[Vector, Vector, Vector]:
        """Return what was built, as `coefficients` for the integrator."""
        config = self.config
        spread = Tolerances(config.detuning, config.damping_spread, config.gain_spread)
        speaker, modes = built(
            self.speaker,
            self.plate.modes(config.modes, self.microphone),
            spread,
            np.random.default_rng(config.part_seed),
        )
        motor = Motor.curved(
            speaker,
            bl_limit_m=config.bl_limit_m,
            k_limit_m=config.k_limit_m,
            offset_m=config.offset_m,
        )
        return coefficients(speaker, motor, self.plate, modes, self.microphone)

    def played_v(self, volts: Array) -> Array:
        """Return what the amplifier puts out when asked for volts."""
        volts = volts.astype(np.float32, copy=False)
        return quantise(volts, DRIVE_V, self.config.dac_bits)

    def recorded_v(self, heard_v: Array) -> Array:
        """Return what is recorded of the preamplifier's input: rail, noise, steps."""
        heard = saturate(heard_v, self.microphone.saturation_v)
        noise = self.rng.standard_normal(heard.shape, dtype=np.float32)
        noise *= np.float32(self.config.noise_v)
        heard += noise
        return quantise(heard, FULL_SCALE_V, self.config.adc_bits)
