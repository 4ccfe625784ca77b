"""What every SCPI instrument has: a command tree, a status register, an error queue."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping

from pnn_electronic.visa.framer import units

__all__ = ["Instrument", "ScpiError", "number"]

Reply = str | bytes | None
Handler = Callable[[bytes], Reply]

ERRORS = {
    0: "No error",
    -102: "Syntax error",
    -104: "Data type error",
    -109: "Missing parameter",
    -113: "Undefined header",
    -161: "Invalid block data",
    -211: "Trigger ignored",
    -221: "Settings conflict",
    -222: "Data out of range",
    -224: "Illegal parameter value",
    -230: "Data corrupt or stale",
    -350: "Queue overflow",
}
"""SCPI-99, volume 2, chapter 21.8."""

QUEUE_LENGTH = 20


class ScpiError(Exception):
    """An instrument refuses what it was told; the code goes to its error queue."""

    def __init__(self, code: int, detail: str = "") -> None:
        text = ERRORS.get(code, "Device-specific error")
        super().__init__(f"{text}; {detail}" if detail else text)
        self.code = code


def number(argument: bytes, low: float, high: float) -> float:
    """Return a numeric argument.

    Raises:
        ScpiError: -109, -104 or -222: it is missing, no number, or out of range.
    """
    if not argument:
        raise ScpiError(-109)
    try:
        value = float(argument)
    except ValueError:
        raise ScpiError(-104) from None
    if not low <= value <= high:
        raise ScpiError(-222, f"{value:g}")
    return value


def _pattern(header: str) -> re.Pattern[str]:
    """Return what matches a header in its long, short and optional forms.

    Capitals are the short form, and brackets stand around what may be left out:
    "[SOURce1:]FUNCtion[:SHAPe]". A final 1 may be left out.
    """

    def mnemonic(found: re.Match[str]) -> str:
        short, rest, suffix = found.groups()
        return (
            short + (f"(?:{rest})?" if rest else "") + (f"{suffix}?" if suffix else "")
        )

    body = re.escape(header).replace(r"\[", "(?:").replace(r"\]", ")?")
    return re.compile(re.sub(r"([A-Z_]+)([a-z]*)(1?)", mnemonic, body), re.IGNORECASE)


class Instrument:
    """An instrument that is told messages and answers them.

    Args:
        identity: The answer to *IDN?.
        commands: What a header does with its argument; a query's ends with "?".
    """

    def __init__(self, identity: str, commands: Mapping[str, Handler]) -> None:
        self.queue: deque[tuple[int, str]] = deque()
        self.event_status = 0
        common: dict[str, Handler] = {
            "*IDN?": lambda _: identity,
            "*OPC?": lambda _: "1",
            "*OPC": lambda _: self._note(1),
            "*WAI": lambda _: None,
            "*CLS": lambda _: self._clear(),
            "*ESR?": lambda _: self._event_status(),
            "SYSTem:ERRor[:NEXT]?": lambda _: self._next_error(),
        }
        table = common | dict(commands)
        self._table = [(_pattern(header), does) for header, does in table.items()]

    def told(self, message: bytes) -> bytes | None:
        """Do what a message says, and return its answers as one line, if any."""
        answers, path = [], ""
        for unit in units(message):
            header, _, argument = unit.partition(b" ")
            name = header.decode("latin-1").strip()
            if not name.startswith(("*", ":")):
                name = path + name
            try:
                answer = self._handler(name.removeprefix(":"))(argument.lstrip())
            except ScpiError as error:
                self.push(error.code, str(error))
                continue
            if not name.startswith("*"):
                path = name[: name.rfind(":") + 1]
            if answer is not None:
                answers.append(answer.encode() if isinstance(answer, str) else answer)
        return b";".join(answers) + b"\n" if answers else None

    def push(self, code: int, text: str = "") -> None:
        """Put an error into the queue, or say that it is full."""
        self._note({-1: 32, -2: 16, -3: 8}.get(-(-code // 100), 8))
        if len(self.queue) < QUEUE_LENGTH:
            self.queue.append((code, text or ERRORS.get(code, "Device-specific error")))
        else:
            self.queue[-1] = (-350, ERRORS[-350])

    def _handler(self, name: str) -> Handler:
        for pattern, does in self._table:
            if pattern.fullmatch(name):
                return does
        raise ScpiError(-113, name)

    def _note(self, bit: int) -> None:
        self.event_status |= bit

    def _clear(self) -> None:
        self.queue.clear()
        self.event_status = 0

    def _event_status(self) -> str:
        status, self.event_status = self.event_status, 0
        return str(status)

    def _next_error(self) -> str:
        code, text = self.queue.popleft() if self.queue else (0, ERRORS[0])
        return f'{code:+d},"{text}"'
