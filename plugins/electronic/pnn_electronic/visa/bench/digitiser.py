"""A virtual digitising oscilloscope, but for its command set."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pnn_electronic.visa.bench.scpi import Handler, Instrument, ScpiError, number
from pnn_electronic.visa.bench.wiring import Wiring

__all__ = ["Digitiser"]


class Digitiser(Instrument):
    """One channel, a memory, and an external trigger.

    *OPC? is not answered while a record is awaited.
    """

    max_points: int
    adc_rate_hz: float

    def __init__(
        self, identity: str, commands: Mapping[str, Handler], wiring: Wiring, bits: int
    ) -> None:
        common: dict[str, Handler] = {
            "*RST": self.reset,
            "*OPC?": lambda _: None if self.armed else "1",
        }
        super().__init__(identity, common | dict(commands))
        self.wiring, wiring.triggered = wiring, self._triggered
        self.half = 2 ** (bits - 1)
        self.reset(b"")

    def reset(self, _: bytes) -> None:
        """Go to the state after power-on."""
        self.armed = self.single = self.was_armed = False
        self.external, self.range_v, self.points, self.rate_hz = False, 40.0, 1000, 1e6
        self.levels: NDArray[np.int64] = np.zeros(0, np.int64)

    @abstractmethod
    def start_s(self) -> float:
        """Return the time of the first sample after the trigger."""

    def arm(self, _: bytes) -> None:
        """Wait for one trigger."""
        self.armed = self.was_armed = True

    def _triggered(self) -> None:
        if not (self.armed and self.external):
            return
        heard = self.wiring.heard_v(self.start_s(), 1 / self.rate_hz, self.points)
        levels = np.rint(heard * (2 * self.half / self.range_v)).astype(np.int64)
        self.levels = levels.clip(-self.half, self.half)  # the last is over-range
        self.armed = False

    def _set_rate(self, argument: bytes) -> None:
        wanted = number(argument, 1.0, self.adc_rate_hz)
        self.rate_hz = self.adc_rate_hz / round(self.adc_rate_hz / wanted)

    def _set_points(self, argument: bytes) -> None:
        self.points = int(number(argument, 2, self.max_points))

    def _checked(self) -> NDArray[np.int64]:
        if not len(self.levels):
            raise ScpiError(-230)
        return self.levels
