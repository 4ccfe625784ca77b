"""The virtual bench: amplifier, loudspeaker, plate, microphone and sound card."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

import pnn_core as pnn
from pnn_acoustic.converters import quantise, saturate
from pnn_acoustic.parts import Motor, Tolerances, built, coefficients
from pnn_acoustic.schematic import Microphone, Plate, Speaker

Array = NDArray[np.floating[Any]]

__all__ = ["PlateBench"]

DRIVE_V = 5.0
"""Full scale of the power amplifier: 1.6 W RMS into 8 ohm for a sine."""

FULL_SCALE_V = 1.0
"""Full scale of the recorder."""


class PlateBench(pnn.Device):
    """Simulated metal plate, driven by a loudspeaker and heard by a microphone.

    Each example starts at rest: the rig waits between records until the plate has
    rung down. Every input voltage is held for one sample, and after the last the
    amplifier is silent. The recorder starts `delay_samples` later than the player and
    so hears the plate ring after the last voltage; output number n is taken at the end
    of hold n + delay_samples, the time of flight to the microphone subtracted.

    Leaves out: the coil's eddy currents and heating, the air's load on the plate,
    modes above the recorder's band, and wander of the parts with temperature.
    """

    name = "acoustic-plate-bench"
    virtual = True

    class Config(pnn.Config):
        """Settings of the virtual rig."""

        samples: int = Field(196, ge=2, le=65536, description="Length of a record.")
        sample_rate_hz: float = Field(
            48e3, ge=8e3, le=192e3, description="Rate of both converters."
        )
        delay_samples: int = Field(
            48, ge=0, le=65536, description="Start of the recorder after the player."
        )
        modes: int = Field(
            16, ge=1, le=64, description="Modes of the plate, lowest first."
        )
        substeps: int = Field(
            3, ge=1, le=64, description="Runge-Kutta steps per sample."
        )
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
        adc_bits: int = Field(
            16, ge=2, le=24, description="Resolution of the recorder."
        )
        part_seed: int = Field(0, ge=0, description="Seed of the parts' tolerances.")
        seed: int = Field(0, ge=0, description="Seed of the noise.")

    config: Config

    plate: Plate = Plate()
    speaker: Speaker = Speaker()
    microphone: Microphone = Microphone()

    @property
    def inputs(self) -> pnn.SignalSpec:
        """Volts out of the power amplifier, one per sample."""
        return self._waveform(DRIVE_V)

    @property
    def params(self) -> pnn.SignalSpec:
        """None: the plate is as it was built."""
        return pnn.SignalSpec.empty()

    @property
    def outputs(self) -> pnn.SignalSpec:
        """Volts at the recorder, one per sample."""
        delay_s = self.config.delay_samples / self.config.sample_rate_hz
        return self._waveform(FULL_SCALE_V, start_s=delay_s)

    def _waveform(self, limit_v: float, start_s: float = 0.0) -> pnn.SignalSpec:
        return pnn.SignalSpec(
            shape=(self.config.samples,),
            unit="V",
            low=-limit_v,
            high=limit_v,
            sample_rate_hz=self.config.sample_rate_hz,
            start_s=start_s,
        )

    def connect(self) -> None:
        """Build the parts, warm the compiled code, and seed the noise."""
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
        self.parts = coefficients(speaker, motor, self.plate, modes, self.microphone)
        self.rng = np.random.default_rng(config.seed)
        self.heard_v(np.zeros((1, config.samples), np.float32))  # compiles, once

    def measure(self, inputs: Array, params: Array) -> Array:
        """Play, listen, and convert; see `Device.measure`."""
        volts = quantise(
            inputs.astype(np.float32, copy=False), DRIVE_V, self.config.dac_bits
        )
        heard = saturate(self.heard_v(volts), self.microphone.saturation_v)
        noise = self.rng.standard_normal(heard.shape, dtype=np.float32)
        noise *= np.float32(self.config.noise_v)
        heard += noise
        return quantise(heard, FULL_SCALE_V, self.config.adc_bits)

    def heard_v(self, volts: Array) -> Array:
        """Return the preamplifier's input, in the shape and precision of the volts."""
        from pnn_acoustic.kernel import LANES, simulate  # numba takes a second to load

        batch, samples = volts.shape
        blocks, delay = -(-batch // LANES), self.config.delay_samples
        played = np.zeros((blocks * LANES, samples + delay), volts.dtype)
        played[:batch, :samples] = volts
        played = played.reshape(blocks, LANES, -1).transpose(0, 2, 1).copy()
        heard = np.empty_like(played)
        step_s = volts.dtype.type(
            1 / (self.config.sample_rate_hz * self.config.substeps)
        )
        parts = (part.astype(volts.dtype) for part in self.parts)
        simulate(played, *parts, step_s, self.config.substeps, heard)
        heard = heard[:, delay:].transpose(0, 2, 1)
        return heard.reshape(-1, samples)[:batch]
