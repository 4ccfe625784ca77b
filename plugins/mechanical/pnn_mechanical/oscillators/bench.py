"""The virtual bench: coupled oscillators that are not quite as drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

import pnn_core as pnn
from pnn_mechanical.oscillators.motion import couplings, swung
from pnn_mechanical.oscillators.schematic import params_shape
from pnn_mechanical.oscillators.settings import OscillatorsConfig

Array = NDArray[np.floating[Any]]

__all__ = ["OscillatorsBench"]


class OscillatorsBench(pnn.Device):
    """Simulated pendula, each coupled to all, let go from set angles and then read.

    As drawn, see `schematic`, but each angle acts as (1 + stretch) q, there are stray
    couplings, and angles are set with noise. Leaves out friction: nothing moves for
    longer than a twelfth of a period.
    """

    name = "mechanical-oscillators-bench"
    virtual = True
    Config = OscillatorsConfig
    config: OscillatorsConfig

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        count, read = self.config.oscillators, self.config.read
        if read is not None and read > count:
            raise pnn.SettingError(
                f"{self.name} has {count} oscillators to read, got read = {read}.\n"
                f"  Read at most {count}, or all by leaving it out."
            )

    @property
    def inputs(self) -> pnn.SignalSpec:
        """Initial angles; velocities are zero."""
        limit = self.config.set_limit_rad
        return pnn.SignalSpec((self.config.oscillators,), "rad", -limit, limit)

    @property
    def params(self) -> pnn.SignalSpec:
        """Couplings C, and drives e in the last row."""
        limit = self.config.coupling_limit
        shape = params_shape(self.config.oscillators)
        return pnn.SignalSpec(shape, "1", -limit, limit)

    @property
    def outputs(self) -> pnn.SignalSpec:
        """Final angles."""
        limit = self.config.read_limit_rad
        read = self.config.read or self.config.oscillators
        return pnn.SignalSpec((read,), "rad", -limit, limit)

    def connect(self) -> None:
        """Draw the stray couplings, and seed the noise."""
        count, rms = self.config.oscillators, self.config.stray_coupling
        self.rng = np.random.default_rng(self.config.seed)
        drawn = rms * self.rng.standard_normal((count, count))
        self.stray = couplings(drawn.astype(np.float32), self.config.self_coupling)

    def measure(self, inputs: Array, params: Array) -> Array:
        """Set the angles, let go, and read; see `Device.measure`."""
        config = self.config
        noise = self.rng.standard_normal(inputs.shape, np.float32)
        angles = inputs + (config.noise_rad * noise).astype(inputs.dtype, copy=False)
        matrix = couplings(params[:-1], config.self_coupling)
        matrix += self.stray
        return swung(
            angles,
            matrix,
            params[-1],
            stretch=1 + config.stretch,
            steps=config.steps,
            step=config.step,
            read=config.read or config.oscillators,
        )
