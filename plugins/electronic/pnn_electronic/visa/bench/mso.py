"""A virtual oscilloscope that speaks like a Tektronix 5 Series."""

from __future__ import annotations

from pnn_electronic.visa.bench.digitiser import Digitiser
from pnn_electronic.visa.bench.handlers import only, sets, within
from pnn_electronic.visa.bench.scpi import Handler, Reply, ScpiError, number
from pnn_electronic.visa.bench.wiring import Wiring
from pnn_electronic.visa.framer import block

__all__ = ["Mso"]


class Mso(Digitiser):
    """Speaks like a Tektronix 5 Series: ten divisions, events read after *ESR?."""

    max_points, adc_rate_hz = 62_500_000, 6.25e9
    position_percent = 50.0

    def __init__(self, wiring: Wiring, bits: int) -> None:
        commands: dict[str, Handler] = {
            "HEADer": only("OFF", "0"),
            "CH1:COUPling": only("DC"),
            "CH1:SCAle": self._set_scale,
            "CH1:POSition": only("0"),
            "CH1:OFFSet": only("0"),
            "TRIGger:A:TYPe": only("EDGE"),
            "TRIGger:A:EDGE:SOUrce": self._set_source,
            "TRIGger:A:EDGE:SLOpe:AUXiliary": only("RIS", "RISE"),
            "TRIGger:AUXLevel": only("1"),
            "TRIGger:A:MODe": only("NORM", "NORMAL"),
            "ACQuire:MODe": only("SAM", "SAMPLE"),
            "ACQuire:STOPAfter": only("SEQ", "SEQUENCE"),
            "HORizontal:DELay:MODe": only("OFF", "0"),
            "HORizontal:MODe": only("MAN", "MANUAL"),
            "HORizontal:MODe:SAMPLERate": self._set_rate,
            "HORizontal:MODe:RECOrdlength": self._set_points,
            "HORizontal:POSition": sets(self, "position_percent", 0, 100),
            "DATa:SOUrce": only("CH1"),
            "DATa:ENCdg": only("RIB", "RIBINARY"),
            "DATa:WIDth": only("2"),
            "DATa:STARt": only("1"),
            "DATa:STOP": within(1, self.max_points),
            "WFMOutpre:NR_Pt?": lambda _: str(len(self._checked())),
            "WFMOutpre:XINcr?": lambda _: f"{1 / self.rate_hz:.9E}",
            "WFMOutpre:XZEro?": lambda _: f"{self.start_s():.9E}",
            "WFMOutpre:YMUlt?": lambda _: f"{self.range_v / 65536:.9E}",
            "WFMOutpre:YZEro?": lambda _: "0.0E+0",
            "WFMOutpre:YOFf?": lambda _: "0.0E+0",
            "CURVe?": self._data,
            "ACQuire:STATE": self.arm,
            "ACQuire:STATE?": lambda _: str(int(self.armed)),
            "TRIGger:STATE?": lambda _: "READY" if self.armed else "SAVE",
            "SYSTem:ERRor[:NEXT]?": self._no_such_query,
            "EVMsg?": self._event,
        }
        super().__init__(
            "TEKTRONIX,MSO54,VIRTUAL,CF:91.1CT FV:1.0", commands, wiring, bits
        )
        self.readable = False

    def start_s(self) -> float:
        """Return the start of a record of which a part precedes the trigger."""
        return -self.position_percent / 100 * self.points / self.rate_hz

    def _set_source(self, argument: bytes) -> None:
        self.external = argument.upper() in (b"AUX", b"AUXILIARY")

    def _set_scale(self, argument: bytes) -> None:
        self.range_v = 10.24 * number(argument, 5e-4, 10)

    def _no_such_query(self, _: bytes) -> Reply:
        raise ScpiError(-113, "SYSTem:ERRor?")

    def _event_status(self) -> str:
        self.readable = True
        return super()._event_status()

    def _event(self, _: bytes) -> str:
        if not self.queue:
            return '0,"No events to report - queue empty"'
        if not self.readable:
            return '1,"No events to report - new events pending *ESR?"'
        self.readable = False
        code, text = self.queue.popleft()
        return f'{abs(code)},"{text}"'

    def _data(self, _: bytes) -> bytes:
        step = 32768 // self.half
        codes = (self._checked() * step).clip(-32768, 32768 - step)
        return block(codes.astype(">i2").tobytes())
