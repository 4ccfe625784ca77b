"""The virtual board: ranges, rates, and the circuit between output and input."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pnn_electronic.converters import Converters
from pnn_electronic.daq.faults import Faults
from pnn_electronic.schematic import DRIVE_V, FULL_SCALE_V

Array = NDArray[np.floating[Any]]

__all__ = ["RANGE_V", "RATE_HZ", "TIMEBASE_HZ", "Board"]

RANGE_V = {"ao": DRIVE_V, "ai": FULL_SCALE_V}
"""The range of output and input, on either side of 0 V."""

RATE_HZ = {"ao": 2.86e6, "ai": 2.0e6}
"""Highest sample rates of one channel, those of an NI 6361 (its specifications)."""

TIMEBASE_HZ = 100e6
"""Sample clocks are this, divided by a whole number (X Series User Manual, ch. 4)."""

SETTLED = 10_000
"""Samples after which the circuit is in equilibrium with a voltage that stays."""


@dataclass
class Board:
    """A board whose output 0 drives the circuit and whose input 0 reads it.

    Args:
        respond: Volts at the input at the end of each hold, of volts at the output.
        converters: What output and input do to a voltage.
        name: What the board is called.
        faults: What is to go wrong.
    """

    respond: Callable[[Array, float], Array]
    converters: Converters
    name: str = "Dev1"
    faults: Faults = field(default_factory=Faults)
    held_v: float = 0.0
    records: int = 0

    def channels(self, kind: str) -> list[str]:
        """Return the names of the outputs ("ao") or inputs ("ai")."""
        return [f"{self.name}/{kind}{n}" for n in range(2 if kind == "ao" else 16)]

    @property
    def bits(self) -> int:
        """Resolution of the input."""
        return self.converters.config.adc_bits

    @property
    def step_v(self) -> float:
        """Volts from one code of the input to the next."""
        return math.ldexp(RANGE_V["ai"], 1 - self.bits)

    def play(self, volts: Array) -> Array:
        """Convert volts for the output, and return the voltages from the last on.

        The first is what the output held before; it stays at the last.
        """
        played = np.concatenate([[self.held_v], self.converters.generated(volts)])
        self.held_v = float(played[-1])
        return played

    def convert(self, played: Array, rate_hz: float) -> NDArray[np.int16]:
        """Return what the input converts at each edge, as codes.

        An edge starts a hold and converts, so it sees the end of the hold before.
        """
        before = np.full(SETTLED if played[0] else 0, played[0])
        seen = np.concatenate([before, played[:-1]])
        volts = self.respond(seen[None], rate_hz)[0, len(before) :]
        if self.faults.spend("saturated"):
            volts = volts + 2 * RANGE_V["ai"]
        self.records += 1
        codes = self.converters.digitised(volts, rate_hz) / self.step_v
        rounded: NDArray[np.int16] = np.rint(codes).astype(np.int16)
        return rounded
