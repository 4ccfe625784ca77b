"""A virtual arbitrary waveform generator, but for its command set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pnn_electronic.visa.bench.scpi import Handler, Instrument, ScpiError
from pnn_electronic.visa.bench.wiring import Wiring

Array = NDArray[np.floating[Any]]

__all__ = ["Generator"]


class Generator(Instrument):
    """An output with a relay, a waveform memory, and a triggered burst.

    Voltages are set for the load that the instrument is told; the circuit is a high
    impedance, and so gets twice as much where 50 ohm were expected.
    """

    min_points = 2
    max_points: int

    def __init__(
        self, identity: str, commands: Mapping[str, Handler], wiring: Wiring
    ) -> None:
        common: dict[str, Handler] = {"*RST": self.reset, "*TRG": self.trigger}
        super().__init__(identity, common | dict(commands))
        self.wiring = wiring
        self.reset(b"")

    def reset(self, _: bytes) -> None:
        """Go to the state after power-on: output off."""
        self.on = self.burst = False
        self.load, self.shape, self.source = "50", "SIN", "IMM"
        self.amplitude_v, self.offset_v, self.rate_hz = 0.1, 0.0, 1e3
        self.unit: Array = np.zeros(1)

    def trigger(self, _: bytes) -> None:
        """Play the memory once."""
        if not self.burst or self.source not in ("BUS", "EXT"):
            raise ScpiError(-211)
        arbitrary = self.shape.startswith(("ARB", "EMEM"))
        unit = self.unit if arbitrary else np.zeros(1)
        half_v = self.amplitude_v / 2
        volts = self.converted(unit * half_v, half_v) + self.offset_v
        doubled = 2 if self.load == "50" else 1
        self.wiring.play(self.on * doubled * volts, self.played_rate_hz())

    def store(self, codes: NDArray[Any], middle: int, half: int) -> None:
        """Keep a waveform of codes, as -1 to 1."""
        if not self.min_points <= len(codes) <= self.max_points:
            raise ScpiError(-222, f"{len(codes)} points")
        unit = (codes.astype(np.float64) - middle) / half
        if np.abs(unit).max() > 1:
            raise ScpiError(-222, "code")
        self.unit = unit

    def played_rate_hz(self) -> float:
        """Return the samples played in a second."""
        return self.rate_hz

    def converted(self, volts: Array, full_scale_v: float) -> Array:
        """Return what the converter makes of these volts; by default it has them."""
        return volts
