"""Drives: random signals that show a device from all sides while it is calibrated."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pnn_core.signals import SignalSpec

Drive = Literal["uniform", "varied"]


def draw(
    spec: SignalSpec, count: int, rng: np.random.Generator, drive: Drive
) -> NDArray[np.float32]:
    """Return random signals within a spec's range, float32 [count, *spec.shape].

    "uniform" draws every element alike. "varied" gives each example an amplitude, an
    offset and, where the last axis is time, a smoothness of its own, so that weak,
    offset and slow signals, as images make them, are as well represented as loud
    noise; what exceeds the range is clipped.

    Args:
        spec: Range and shape.
        count: Examples.
        rng: Source of randomness.
        drive: "uniform" or "varied".
    """
    shape = (count, *spec.shape)
    if drive == "uniform":
        unit = rng.uniform(-1, 1, shape)
    else:
        each = (count, *(1 for _ in spec.shape))
        unit = rng.standard_normal(shape)
        if spec.sample_rate_hz is not None:
            unit = _smoothed(unit, rng.uniform(0, 0.97, each)[..., 0])
        unit = rng.uniform(0, 1, each) * unit + 0.3 * rng.standard_normal(each)
    middle, half = (spec.low + spec.high) / 2, (spec.high - spec.low) / 2
    return np.clip(middle + half * unit, spec.low, spec.high).astype(np.float32)


def _smoothed(noise: NDArray[np.float64], memory: NDArray[np.float64]) -> NDArray[Any]:
    """Return autoregressive noise of unit variance along the last axis.

    y_t = a y_(t-1) + sqrt(1 - a^2) x_t, with a = `memory` for each example.
    """
    smooth = np.empty_like(noise)
    smooth[..., 0] = noise[..., 0]
    innovation = np.sqrt(1 - memory**2)
    for t in range(1, noise.shape[-1]):
        smooth[..., t] = memory * smooth[..., t - 1] + innovation * noise[..., t]
    return smooth
