"""A virtual generator that speaks like a Keysight 33600A."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pnn_electronic.converters import quantise
from pnn_electronic.visa.bench.generator import Generator
from pnn_electronic.visa.bench.handlers import block_data, chooses, sets, switches
from pnn_electronic.visa.bench.scpi import ScpiError
from pnn_electronic.visa.bench.wiring import Wiring

Array = NDArray[np.floating[Any]]

__all__ = ["Trueform"]


class Trueform(Generator):
    """Speaks like a Keysight 33600A: named waveforms, a sample rate, either order."""

    min_points, max_points = 8, 4_000_000
    order, name, filter, mode, cycles = "NORM", "", "NORM", "TRIG", 1.0
    sync, sync_source = True, "CH1"

    def __init__(self, wiring: Wiring, bits: int) -> None:
        self.bits, limit_v = bits, 20.0
        commands = {
            "OUTPut1[:STATe]": switches(self, "on"),
            "OUTPut1:LOAD": chooses(self, "load", "50", "INFinity"),
            "OUTPut1:TRIGger[:STATe]": switches(self, "sync"),
            "OUTPut1:TRIGger:SOURce": chooses(self, "sync_source", "CH1", "CH2"),
            "FORMat:BORDer": chooses(self, "order", "NORMal", "SWAPped"),
            "TRIGger1:SOURce": chooses(self, "source", "IMMediate", "BUS"),
            "[SOURce1:]BURSt[:STATe]": switches(self, "burst"),
            "[SOURce1:]BURSt:MODE": chooses(self, "mode", "TRIGgered"),
            "[SOURce1:]BURSt:NCYCles": sets(self, "cycles", 1, 1),
            "[SOURce1:]DATA:VOLatile:CLEar": self._forget,
            "[SOURce1:]DATA:ARBitrary1:DAC": self._load,
            "[SOURce1:]FUNCtion": chooses(self, "shape", "ARB", "SINusoid", "DC"),
            "[SOURce1:]FUNCtion:ARBitrary": self._select,
            "[SOURce1:]FUNCtion:ARBitrary:FILTer": chooses(
                self, "filter", "NORMal", "STEP", "OFF"
            ),
            "[SOURce1:]FUNCtion:ARBitrary:SRATe": sets(self, "rate_hz", 1e-6, 1e9),
            "[SOURce1:]VOLTage": sets(self, "amplitude_v", 2e-3, limit_v),
            "[SOURce1:]VOLTage:OFFSet": sets(
                self, "offset_v", -limit_v / 2, limit_v / 2
            ),
        }
        super().__init__("Keysight Technologies,33622A,VIRTUAL,1.0", commands, wiring)

    def converted(self, volts: Array, full_scale_v: float) -> Array:
        """Return the nearest of the converter's levels: codes have 16 bits."""
        return quantise(volts, full_scale_v, self.bits)

    def _forget(self, _: bytes) -> None:
        self.name, self.unit = "", np.zeros(1)

    def _load(self, argument: bytes) -> None:
        given, _, data = argument.partition(b",")
        name = given.decode("latin-1").strip()
        if name == self.name:
            raise ScpiError(785, "Specified arb waveform already exists")
        order = "<i2" if self.order == "SWAP" else ">i2"
        self.store(np.frombuffer(block_data(data.lstrip()), order), 0, 32767)
        self.name = name

    def _select(self, argument: bytes) -> None:
        if argument.decode("latin-1").strip() != self.name:
            raise ScpiError(786, "Specified arb waveform does not exist")
