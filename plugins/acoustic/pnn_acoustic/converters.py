"""Converters: what a sound card does to a voltage."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

__all__ = ["quantise", "saturate"]


def saturate(volts: Array, rail_v: float) -> Array:
    """Return rail tanh(volts / rail): the transfer curve of a differential pair.

    Gray, Hurst, Lewis and Meyer, Analysis and Design of Analog Integrated Circuits,
    5th ed. (2009), section 3.5.
    """
    return np.float32(rail_v) * np.tanh(volts * np.float32(1 / rail_v))


def quantise(volts: Array, full_scale_v: float, bits: int) -> Array:
    """Return volts rounded to the nearest of 2^bits levels and clipped to the outer.

    Mid-tread two's complement: levels are k full_scale / 2^(bits - 1), for
    -2^(bits - 1) <= k < 2^(bits - 1).
    """
    half = 2 ** (bits - 1)
    levels = np.rint(volts * np.float32(half / full_scale_v))
    np.clip(levels, -half, half - 1, out=levels)
    levels *= np.float32(full_scale_v / half)
    return levels
