"""The tank's physics as one callable: strokes in, levels out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pnn_fluid.parts import Parts

Array = NDArray[np.floating[Any]]

__all__ = ["Flow"]


@dataclass(frozen=True)
class Flow:
    """The water between the plungers, at rest when a record begins.

    Args:
        parts: The tank as it was built.
        substeps: Steps of the flow per sample; more are taken where they must.
    """

    parts: Parts
    substeps: int

    def levels_m(self, strokes_m: Array, sample_rate_hz: float) -> Array:
        """Return the true level at each gauge at the end of each hold.

        Args:
            strokes_m: Held at the servos, [batch, plunger, sample].
            sample_rate_hz: Holds per second.

        Returns:
            Shape [batch, gauge, sample], NaN where the tank ran dry.
        """
        from pnn_fluid.kernel import LANES, simulate  # numba loads for a second

        batch, _, samples = strokes_m.shape
        blocks, p = -(-batch // LANES), self.parts
        asked = np.zeros((blocks * LANES, 2, samples), strokes_m.dtype)
        asked[:batch] = strokes_m
        asked = asked.reshape(blocks, LANES, 2, samples).transpose(0, 3, 2, 1).copy()
        gauges_m = np.array(p.tank.gauges_m)
        heard = np.empty((blocks, samples, len(gauges_m), LANES), asked.dtype)
        steps = max(self.substeps, p.least_steps(sample_rate_hz))
        step_s, number = 1 / (sample_rate_hz * steps), asked.dtype.type
        simulate(
            asked,
            *(
                part.astype(asked.dtype)
                for part in (p.servos(step_s), p.plunger_m, gauges_m, p.depth_m)
            ),
            tuple(number(value) for value in p.constants),
            number(step_s),
            steps,
            heard,
        )
        heard = heard.transpose(0, 3, 2, 1)
        return heard.reshape(-1, len(gauges_m), samples)[:batch]
