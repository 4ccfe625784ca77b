"""Messages out of a stream of bytes, as IEEE 488.2 frames them."""

from __future__ import annotations

import re

__all__ = ["Framer", "block", "units"]

_MARK = re.compile(rb"""[\n;"'#]""")


def _skip(data: bytes | bytearray, mark: int) -> int | None:
    """Return where the string or block at `mark` ends; None if it is not all there."""
    if data[mark] in b"\"'":
        end = data.find(data[mark : mark + 1], mark + 1)
        line = data.find(b"\n", mark + 1)
        if line >= 0 and (end < 0 or line < end):
            return mark + 1  # a quote that nothing closes on its line
        return end + 1 if end >= 0 else None
    if len(data) < mark + 2:
        return None
    if data[mark + 1] not in b"123456789":  # #H7F, or an indefinite block
        return mark + 1
    start = mark + 2 + int(data[mark + 1 : mark + 2])
    if len(data) < start:
        return None
    length = bytes(data[mark + 2 : start])
    if not length.isdigit():
        return mark + 1
    end = start + int(length)
    return end if end <= len(data) else None


class Framer:
    """Collects bytes, and gives back whole messages without their newline.

    A newline ends a message, unless it lies in a definite-length block: #, one digit
    n, n digits that say how many bytes follow, and the bytes (IEEE 488.2-1992, 7.7.6).
    """

    def __init__(self) -> None:
        self._held = bytearray()
        self._seen = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Take some more bytes, and return the messages that they complete."""
        self._held += data
        messages = []
        while mark := _MARK.search(self._held, self._seen):
            at = mark.start()
            if self._held[at] == ord("\n"):
                messages.append(bytes(self._held[:at]))
                del self._held[: at + 1]
                self._seen = 0
                continue
            past = at + 1 if self._held[at] == ord(";") else _skip(self._held, at)
            if past is None:
                self._seen = at
                return messages
            self._seen = past
        self._seen = len(self._held)
        return messages

    @property
    def inside_block(self) -> bool:
        """Whether the bytes held so far end within a block."""
        return self._held[self._seen : self._seen + 1] == b"#"

    def end(self) -> list[bytes]:
        """Return what is held as the last message: the link says END by itself."""
        held, self._held, self._seen = bytes(self._held), bytearray(), 0
        return [held] if held else []


def units(message: bytes) -> list[bytes]:
    """Return a message's units, which semicolons separate."""
    found, start, seen = [], 0, 0
    while mark := _MARK.search(message, seen):
        at = mark.start()
        if message[at] == ord(";"):
            found.append(message[start:at])
            start = seen = at + 1
        else:
            past = None if message[at] == ord("\n") else _skip(message, at)
            seen = at + 1 if past is None else past
    found.append(message[start:])
    return [unit.lstrip() for unit in found if unit.strip()]


def block(data: bytes) -> bytes:
    """Return data as a definite-length block."""
    length = str(len(data))
    return f"#{len(length)}{length}".encode() + data
