"""The circuit's physics as one callable: volts in, volts out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pnn_electronic.schematic import Parts

Array = NDArray[np.floating[Any]]

__all__ = ["Circuit", "constants"]


@dataclass(frozen=True)
class Circuit:
    """The circuit, in its operating point at 0 V when a record begins.

    Args:
        parts: Values of the parts as they were built.
        substeps: Runge-Kutta steps per sample; more are taken where samples are long.
    """

    parts: Parts = field(default_factory=Parts)
    substeps: int = 2

    def respond(self, volts: Array, sample_rate_hz: float) -> Array:
        """Return the volts at the probe at the end of each hold.

        Noiseless and unquantised, of the precision of `volts`; the probe is not
        limited to the digitiser's range.

        Args:
            volts: Held at the generator, [batch, sample]; each row starts from rest.
            sample_rate_hz: Holds per second.
        """
        from pnn_electronic.kernel import LANES, simulate  # numba loads for a second

        batch, samples = volts.shape
        lanes = 1 if batch == 1 else LANES
        blocks = -(-batch // lanes)
        played = np.zeros((blocks * lanes, samples), volts.dtype)
        played[:batch] = volts
        played = played.reshape(blocks, lanes, samples).transpose(0, 2, 1).copy()
        heard = np.empty_like(played)
        p, number = self.parts, volts.dtype.type
        steps = max(self.substeps, p.least_steps(sample_rate_hz))
        step_s = number(1 / (sample_rate_hz * steps))
        simulate(played, constants(p, number), step_s, steps, heard)
        probed = number(p.probe_offset_v) + number(p.probe_gain) * heard
        return probed.transpose(0, 2, 1).reshape(-1, samples)[:batch]


def constants(p: Parts, number: Callable[[float], Any]) -> tuple[Any, ...]:
    """Return the kernel's constants, each converted by `number`."""
    values = (
        p.resistance_ohm,
        1 / p.inductance_h,
        1 / p.capacitance_f,
        p.beta_a_per_v2,
        p.lambda_per_v,
        p.drive_gain,
        p.gate_gain,
        p.gate_bias_v - p.threshold_v,
    )
    return tuple(number(value) for value in values)
