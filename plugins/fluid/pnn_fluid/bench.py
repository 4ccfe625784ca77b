"""The virtual bench: two plungers, the water between them, and two gauges."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

import pnn_core as pnn
from pnn_fluid.flow import Flow
from pnn_fluid.parts import PartConfig, built
from pnn_fluid.schematic import Signals

Array = NDArray[np.floating[Any]]

__all__ = ["TankBench"]

RANGE_M = 0.1
"""Reach of the gauges' wires above and below the surface at rest."""


class TankBench(pnn.Device):
    """Simulated wave tank, driven by two plungers and read by two gauges.

    Each example starts at rest: the rig waits until the water is still. Each stroke is
    held at the servo for one sample, and after the last the plungers return to the
    middle. The recorder starts `delay_samples` later; output number n is taken at the
    end of hold n + delay_samples.

    Leaves out: dispersion, which would split a steep front into short waves; motion
    across the tank; the gauges' meniscus; drift of the fill with evaporation.
    """

    name = "fluid-tank-bench"
    virtual = True

    class Config(PartConfig):
        """Settings of the virtual bench."""

        samples: int = Field(49, ge=2, le=4096, description="Length of a record.")
        delay_samples: int = Field(
            10, ge=0, le=4096, description="Start of the recorder after the player."
        )
        sample_rate_hz: float = Field(
            5.0, ge=1, le=100, description="Rate of servos and gauges."
        )
        substeps: int = Field(
            8, ge=1, le=1024, description="Steps of the flow per sample."
        )
        stroke_m: float = Field(
            0.02, gt=0, le=0.05, description="Largest stroke, up or down."
        )
        noise_m: float = Field(
            2e-4, ge=0, le=0.01, description="RMS noise of a wave gauge."
        )
        seed: int = Field(0, ge=0, description="Seed of the noise.")

    config: Config

    @property
    def inputs(self) -> pnn.SignalSpec:
        """Strokes that the servos are told, [plunger, sample]."""
        return self._signals.played

    @property
    def params(self) -> pnn.SignalSpec:
        """None: the tank is as it was built."""
        return pnn.SignalSpec.empty()

    @property
    def outputs(self) -> pnn.SignalSpec:
        """Water levels above rest, [gauge, sample]."""
        return self._signals.recorded

    def connect(self) -> None:
        """Build the parts, warm the compiled code, and seed the noise."""
        self.parts = built(self.config)
        self.rng = np.random.default_rng(self.config.seed)
        self.levels_m(np.zeros((1, *self.inputs.shape), np.float32))

    def measure(self, inputs: Array, params: Array) -> Array:
        """Play, and read the gauges; see `Device.measure`."""
        levels = self.levels_m(inputs.astype(np.float32, copy=False))
        if not np.isfinite(levels).all():
            raise pnn.DeviceError(
                f"{self.name} must stay wet, and ran dry at a plunger.\n"
                f"  Lower stroke_m, now {self.config.stroke_m:g} m."
            )
        noise = self.rng.standard_normal(levels.shape, dtype=np.float32)
        levels *= self.parts.gauge_gain[:, None].astype(np.float32)
        return levels + np.float32(self.config.noise_m) * noise

    def levels_m(self, strokes_m: Array) -> Array:
        """Return the true levels, in the precision of the strokes."""
        config = self.config
        played = np.pad(strokes_m, ((0, 0), (0, 0), (0, config.delay_samples)))
        flow = Flow(self.parts, config.substeps)
        return flow.levels_m(played, config.sample_rate_hz)[..., config.delay_samples :]

    @property
    def _signals(self) -> Signals:
        c = self.config
        return Signals(
            c.samples, c.delay_samples, c.sample_rate_hz, c.stroke_m, RANGE_M
        )
