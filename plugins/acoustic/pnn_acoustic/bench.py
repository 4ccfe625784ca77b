"""The virtual bench: amplifier, loudspeaker, plate, microphone and sound card."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

import pnn_core as pnn
from pnn_acoustic.rig import DRIVE_V, FULL_SCALE_V, Rig, RigConfig
from pnn_acoustic.waveforms import played, recorded

Array = NDArray[np.floating[Any]]

__all__ = ["DRIVE_V", "FULL_SCALE_V", "PlateBench"]


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

    class Config(RigConfig):
        """Settings of the virtual rig."""

        samples: int = Field(196, ge=2, le=65536, description="Length of a record.")
        delay_samples: int = Field(
            48, ge=0, le=65536, description="Start of the recorder after the player."
        )

    config: Config

    @property
    def inputs(self) -> pnn.SignalSpec:
        """Volts out of the power amplifier, one per sample."""
        config = self.config
        return played(config.samples, DRIVE_V, config.sample_rate_hz)

    @property
    def params(self) -> pnn.SignalSpec:
        """None: the plate is as it was built."""
        return pnn.SignalSpec.empty()

    @property
    def outputs(self) -> pnn.SignalSpec:
        """Volts at the recorder, one per sample."""
        config = self.config
        return recorded(
            config.samples,
            FULL_SCALE_V,
            config.sample_rate_hz,
            config.delay_samples,
        )

    def connect(self) -> None:
        """Build the parts, warm the compiled code, and seed the noise."""
        self.rig = Rig(self.config)
        self.parts = self.rig.parts()
        self.heard_v(np.zeros((1, self.config.samples), np.float32))  # compiles, once

    def measure(self, inputs: Array, params: Array) -> Array:
        """Play, listen, and convert; see `Device.measure`."""
        return self.rig.recorded_v(self.heard_v(self.rig.played_v(inputs)))

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
