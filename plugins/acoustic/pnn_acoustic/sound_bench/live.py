"""The plate that sounds without end: converters, integrator and noise, in blocks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pnn_acoustic.rig import DRIVE_V, FULL_SCALE_V, Rig, RigConfig
from pnn_acoustic.sound_bench import kernel

Samples = NDArray[np.float32]

__all__ = ["LivePlate"]


class LivePlate:
    """The rig of `acoustic-plate-bench`, fed by a sound server instead of in batches.

    Full scale of a digital sample stands for 5 V played and for 1 V recorded. What
    comes out does not depend on how the sound is cut into blocks.

    Args:
        config: What was built.
        dtype: Precision of the integrator.
    """

    def __init__(self, config: RigConfig, dtype: Any = np.float32) -> None:
        self.rig = Rig(config)
        motor, plate, pickup = (part.astype(dtype) for part in self.rig.parts())
        self.motor, self.parts = motor, kernel.grouped(motor, plate, pickup)
        self.current, self.modes = np.zeros(1, dtype), kernel.at_rest(self.parts)
        self.step_s = self.motor.dtype.type(
            1 / (config.sample_rate_hz * config.substeps)
        )

    def heard_v(self, volts: NDArray[Any]) -> NDArray[Any]:
        """Return the preamplifier's input, in volts, and go on from there."""
        heard = np.empty_like(volts)
        kernel.hear(
            volts, self.motor, self.parts, self.step_s, self.rig.config.substeps,
            self.current, self.modes, heard,
        )  # fmt: skip
        return heard

    def play(self, block: Samples) -> Samples:
        """Return what the recorder takes while a block is played."""
        heard = self.heard_v(self.rig.played_v(block * np.float32(DRIVE_V)))
        recorded = self.rig.recorded_v(heard)
        recorded /= np.float32(FULL_SCALE_V)
        return recorded
