"""A virtual oscilloscope that speaks like a Keysight InfiniiVision 3000T."""

from __future__ import annotations

from pnn_electronic.visa.bench.digitiser import Digitiser
from pnn_electronic.visa.bench.handlers import only, sets, within
from pnn_electronic.visa.bench.scpi import Handler
from pnn_electronic.visa.bench.wiring import Wiring
from pnn_electronic.visa.framer import block

__all__ = ["InfiniiVision"]


class InfiniiVision(Digitiser):
    """Speaks like a Keysight InfiniiVision 3000T in digitizer mode."""

    max_points, adc_rate_hz = 4_000_000, 5e9
    position_s = 0.0

    def __init__(self, wiring: Wiring, bits: int) -> None:
        commands: dict[str, Handler] = {
            "CHANnel1:COUPling": only("DC"),
            "CHANnel1:RANGe": sets(self, "range_v", 8e-3, 40),
            "CHANnel1:OFFSet": only("0"),
            "TRIGger:MODE": only("EDGE"),
            "TRIGger[:EDGE]:SOURce": self._set_source,
            "TRIGger[:EDGE]:SLOPe": only("POS", "POSITIVE"),
            "TRIGger[:EDGE]:LEVel": only("1"),
            "TRIGger:SWEep": only("NORM", "NORMAL"),
            "ACQuire:TYPE": only("HRES", "HRESOLUTION"),
            "ACQuire:DIGitizer": only("ON", "1"),
            "ACQuire:SRATe[:ANALog]": self._set_rate,
            "ACQuire:POINts[:ANALog]": self._set_points,
            "TIMebase:REFerence": only("CENT", "CENTER"),
            "TIMebase:RANGe": within(2e-8, 500),
            "TIMebase:POSition": sets(self, "position_s", -500, 500),
            "WAVeform:SOURce": only("CHAN1", "CHANNEL1"),
            "WAVeform:FORMat": only("WORD"),
            "WAVeform:UNSigned": only("ON", "1"),
            "WAVeform:BYTeorder": only("LSBF", "LSBFIRST"),
            "WAVeform:POINts": within(1, self.max_points),
            "WAVeform:POINts:MODE": only("RAW"),
            "WAVeform:PREamble?": self._preamble,
            "WAVeform:DATA?": self._data,
            "SINGle": self.arm,
            "AER?": self._was_armed,
            "OPERegister:CONDition?": lambda _: str(8 * self.armed + 32 * self.armed),
        }
        identity = "KEYSIGHT TECHNOLOGIES,MSO-X 3104T,VIRTUAL,1.0"
        super().__init__(identity, commands, wiring, bits)

    def start_s(self) -> float:
        """Return the start of a record that is centred on the position."""
        return self.position_s - self.points / self.rate_hz / 2

    def _set_source(self, argument: bytes) -> None:
        self.external = argument.upper() in (b"EXT", b"EXTERNAL")

    def _was_armed(self, _: bytes) -> str:
        was, self.was_armed = self.was_armed, False
        return f"{int(was):+d}"

    def _preamble(self, _: bytes) -> str:
        points, y = len(self._checked()), self.range_v / 65536
        start = f"{1 / self.rate_hz:+.8E},{self.start_s():+.8E},+0"
        return f"+1,+3,{points:+d},+1,{start},{y:+.8E},+0.0E+00,+32768"

    def _data(self, _: bytes) -> bytes:
        levels, half = self._checked(), self.half
        codes = 32768 + levels * (32768 // half)
        codes[levels <= -half], codes[levels >= half] = 1, 65535
        return block(codes.astype("<u2").tobytes())
