"""The circuit between two instruments: what one plays, the other hears."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pnn_electronic.circuit import Circuit
from pnn_electronic.converters import Converters
from pnn_electronic.schematic import FULL_SCALE_V

Array = NDArray[np.floating[Any]]

__all__ = ["Wiring"]

Listener = Callable[[], None]


class Wiring:
    """A generator's output, the circuit, and a digitiser's input.

    Args:
        circuit: The circuit as it was built.
        converters: The noise at the digitiser; its resolution is the digitiser's own.
        latency_s: From the generator's trigger output to its first sample.
    """

    def __init__(
        self, circuit: Circuit, converters: Converters, latency_s: float
    ) -> None:
        self.circuit, self.converters, self.latency_s = circuit, converters, latency_s
        self.gain = 1.0
        self.triggered: Listener = lambda: None
        self._held_v, self._rate_hz = np.zeros(1, np.float32), 1.0

    def play(self, volts: Array, rate_hz: float) -> None:
        """Hold these volts one after the other, then 0 V, and pull the trigger."""
        self._held_v, self._rate_hz = volts.astype(np.float32), rate_hz
        self.triggered()

    def heard_v(self, start_s: float, step_s: float, samples: int) -> Array:
        """Return the volts at the digitiser at regular times after the trigger.

        Interpolated between the ends of holds, or between eighths of a hold where the
        two clocks have no common beat: the capacitor's voltage has no steps.
        """
        start = (start_s - self.latency_s) * self._rate_hz
        stride = step_s * self._rate_hz
        steps = max(1, round(1 / stride)) * (1 if _whole(start) else 8)
        times = (steps * (start + stride * np.arange(samples))).clip(0)
        before = times.astype(np.int64)
        last = before[-1] + 1
        held = np.repeat(self._held_v, steps)[:last]
        held = np.pad(held, (1, last - len(held)))  # first the rest before the trigger
        volts = self.circuit.respond(held[None], steps * self._rate_hz)[0]
        part = (times - before).astype(np.float32)
        volts = (1 - part) * volts[before] + part * volts[before + 1]
        volts *= np.float32(self.gain)
        noisy = self.converters.digitised(volts, 1 / step_s)
        return np.where(np.abs(volts) < FULL_SCALE_V, noisy, volts)


def _whole(value: float) -> bool:
    return abs(value - round(value)) < 1e-3
