"""A virtual generator that speaks like a Tektronix AFG31000."""

from __future__ import annotations

import numpy as np

from pnn_electronic.visa.bench.generator import Generator
from pnn_electronic.visa.bench.handlers import block_data, chooses, sets, switches
from pnn_electronic.visa.bench.scpi import ScpiError
from pnn_electronic.visa.bench.wiring import Wiring

__all__ = ["Afg31000"]


class Afg31000(Generator):
    """Speaks like a Tektronix AFG31000: an edit memory, a frequency of the record."""

    max_points = 131_072
    frequency_hz, mode, cycles = 1e6, "TRIG", 1.0

    def __init__(self, wiring: Wiring, bits: int) -> None:
        level = "[SOURce1:]VOLTage[:LEVel][:IMMediate]"
        commands = {
            "OUTPut1[:STATe]": switches(self, "on"),
            "OUTPut1:IMPedance": chooses(self, "load", "50", "INFinity"),
            "TRIGger[:SEQuence]:SOURce": chooses(self, "source", "TIMer", "EXTernal"),
            "[SOURce1:]BURSt[:STATe]": switches(self, "burst"),
            "[SOURce1:]BURSt:MODE": chooses(self, "mode", "TRIGgered"),
            "[SOURce1:]BURSt:NCYCles": sets(self, "cycles", 1, 1),
            "TRACe[:DATA]": self._load,
            "DATA[:DATA]": self._load,
            "[SOURce1:]FUNCtion[:SHAPe]": chooses(
                self, "shape", "EMEMory1", "SINusoid", "DC"
            ),
            "[SOURce1:]FREQuency[:FIXed]": sets(self, "frequency_hz", 1e-6, 25e6),
            f"{level}[:AMPLitude]": sets(self, "amplitude_v", 2e-3, 20),
            f"{level}:OFFSet": sets(self, "offset_v", -10, 10),
        }
        super().__init__(
            "TEKTRONIX,AFG31052,VIRTUAL,SCPI:99.0 FV:1.0", commands, wiring
        )

    def played_rate_hz(self) -> float:
        """Return the rate at which the memory is read, by a frequency in microhertz."""
        return round(self.frequency_hz, 6) * len(self.unit)

    def _load(self, argument: bytes) -> None:
        memory, _, data = argument.partition(b",")
        if memory.upper() not in (b"EMEMORY1", b"EMEM1"):
            raise ScpiError(-224, memory.decode("latin-1"))
        self.store(np.frombuffer(block_data(data.lstrip()), ">u2"), 8191, 8191)
