"""Drives: random signals that show a device from all sides while it is calibrated."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pnn_core.signals import SignalSpec

Drive = Literal["uniform", "scaled"]


def draw(
    spec: SignalSpec, count: int, rng: np.random.Generator, drive: Drive
) -> NDArray[np.float32]:
    """Return random signals within a spec's range, float32 [count, *spec.shape].

    "uniform" draws every element alike. "scaled" shrinks each example towards a
    middle of its own by a factor of its own, both uniform, so that weak and offset
    signals, as images make them, are as well represented as full ones.

    Args:
        spec: Range and shape.
        count: Examples.
        rng: Source of randomness.
        drive: "uniform" or "scaled".
    """
    unit = rng.uniform(-1, 1, (count, *spec.shape))
    if drive == "scaled":
        each = (count, *(1 for _ in spec.shape))
        scale = rng.uniform(0, 1, each)
        unit = scale * unit + (1 - scale) * rng.uniform(-1, 1, each)
    middle, half = (spec.low + spec.high) / 2, (spec.high - spec.low) / 2
    return np.clip(middle + half * unit, spec.low, spec.high).astype(np.float32)
