"""The virtual bench: the circuit, integrated by compiled code."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pnn_electronic.circuit import Circuit
from pnn_electronic.rig import Rig, RigConfig

Array = NDArray[np.floating[Any]]

__all__ = ["CircuitBench"]


class CircuitBench(Rig):
    """Simulated resonant circuit of resistor, inductor, capacitor and transistor.

    Leaves out: the gate's junctions, which stay closed in the whole range, and its
    capacitances, a few picofarads; the generator's slew; the inductor's saturation
    and losses; flicker noise and drift with temperature.
    """

    name = "electronic-circuit-bench"

    class Config(RigConfig):
        """Settings of the virtual bench."""

        substeps: int = Field(
            2, ge=1, le=256, description="Runge-Kutta steps per sample, at least."
        )

    config: Config

    def connect(self) -> None:
        """Build the parts, warm the compiled code, and seed the noise."""
        super().connect()
        self.circuit = Circuit(self.parts, self.config.substeps)
        self.respond(np.zeros((2, 2), np.float32))

    def respond(self, volts: Array) -> Array:
        """Integrate; see `Rig.respond`."""
        return self.circuit.respond(volts, self.config.sample_rate_hz)
