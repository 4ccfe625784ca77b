"""Signals: the arrays that cross the boundary between tensors and physics."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pnn_core.errors import SignalError

Array = NDArray[np.floating[Any]]

ROUNDING = 1e-6
"""Slack of a range, relative to its span: float32(0.3) is above 0.3."""


@dataclass(frozen=True)
class SignalSpec:
    """Shape, unit and safe range of one port of a device.

    Args:
        shape: Shape of one example, without the batch axis.
        unit: Physical unit of every element, as SI text ("V", "Pa", "rad").
        low: Smallest value the port tolerates, in `unit`.
        high: Largest value the port tolerates, in `unit`.
        sample_rate_hz: Samples a second if the last axis is time, else None.
        start_s: When the first sample is played or taken, on the rig's clock.
    """

    shape: tuple[int, ...]
    unit: str
    low: float
    high: float
    sample_rate_hz: float | None = None
    start_s: float = 0.0

    def __post_init__(self) -> None:
        if not (isfinite(self.low) and isfinite(self.high) and self.low <= self.high):
            raise SignalError(
                f"A signal's range must be finite and ordered, got {self.low:g} to "
                f"{self.high:g} {self.unit}.\n  State low <= high in {self.unit}."
            )

    @classmethod
    def empty(cls) -> SignalSpec:
        """Return the spec of a port that carries nothing, e.g. no parameters."""
        return cls(shape=(0,), unit="1", low=0.0, high=0.0)

    @property
    def size(self) -> int:
        """Elements in one example."""
        return int(np.prod(self.shape))

    def check(
        self,
        signal: ArrayLike,
        *,
        port: str,
        batched: bool,
        remedy: str = "Scale the signal in the encoder: devices never clip silently.",
    ) -> Array:
        """Return `signal` as a floating array after checking it against this spec.

        The dtype is the caller's, copied only where values exceed the range by no
        more than rounding: those are moved onto the limit.

        Args:
            signal: Array of shape [batch, *shape], or [*shape] if not `batched`.
            port: Name of the port, for the error message ("acoustic-plate.inputs").
            batched: Whether `signal` has a leading batch axis.
            remedy: The way out of values beyond the range.

        Raises:
            SignalError: If the shape or dtype does not fit, a value is not finite,
                or a value lies outside [`low`, `high`].
        """
        array = self._numeric(signal, port)
        expected = array.shape[1:] if batched else array.shape
        if expected != self.shape or (batched and (not array.ndim or not len(array))):
            want = ", ".join([*(["batch"] if batched else []), *map(str, self.shape)])
            raise SignalError(
                f"{port} expects shape [{want}], got {list(array.shape)}.\n"
                f"  Reshape it; a batch holds at least one example."
            )
        if not array.size:
            return array
        least, most = float(array.min()), float(array.max())
        if self.low <= least and most <= self.high:
            return array
        if not (isfinite(least) and isfinite(most)):
            bad = np.argwhere(~np.isfinite(array))
            raise SignalError(
                f"{port} expects finite values, got {len(bad)} that are NaN or "
                f"infinite, the first at {bad[0].tolist()}.\n"
                f"  Look upstream for a division by zero, or a diverged training."
            )
        slack = ROUNDING * (self.high - self.low)
        if least < self.low - slack or most > self.high + slack:
            raise SignalError(
                f"{port} accepts {self.low:g} to {self.high:g} {self.unit}, "
                f"got {least:.4g} to {most:.4g} {self.unit}.\n  {remedy}"
            )
        return array.clip(self.low, self.high)

    def _numeric(self, signal: ArrayLike, port: str) -> Array:
        """Return `signal` as a floating array; integers become float32."""
        try:
            array = np.asarray(signal)
        except ValueError as error:
            raise SignalError(
                f"{port} expects one numeric array, got a ragged sequence ({error}).\n"
                f"  Give every example the same shape."
            ) from None
        if array.dtype.kind == "f":  # instruments send big-endian floats
            native = array.dtype.newbyteorder("=")
            return array.astype(native if native.itemsize <= 8 else "f8", copy=False)
        if array.dtype.kind in "iu":
            return array.astype(np.float32)
        raise SignalError(
            f"{port} expects real numbers, got dtype {array.dtype}.\n"
            f"  Convert it first, e.g. with .astype('float32')."
        )
