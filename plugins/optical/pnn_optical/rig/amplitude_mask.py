"""The shaper as a row of liquid crystals that speaks SCPI on a raw socket."""

from __future__ import annotations

import re
from asyncio import StreamReader, StreamWriter
from collections import deque

import numpy as np

from pnn_optical.rig.table import Faults, Table

__all__ = ["AmplitudeMask"]

TOP_LEVEL = 4095
BLOCK = re.compile(rb"#([1-9])")


class AmplitudeMask:
    """Shows levels; each pixel passes on sin(retardance / 2), between polarisers.

    Args:
        table: Where its light goes.
        faults: "drop" closes the line within the next block, "hang" answers nothing,
            "error" puts a data error into the queue instead of showing anything.
    """

    name = "shaper"

    def __init__(self, table: Table, faults: Faults) -> None:
        self.table, self.faults = table, faults
        self.errors: deque[str] = deque(maxlen=20)

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Answer until the client leaves."""
        while True:
            line = await _message(reader)
            loads = line.startswith(b":MASK:DATA")
            if loads and self.faults.strikes(self.name, "hang"):
                await reader.read()
            if loads and self.faults.strikes(self.name, "drop"):
                return
            if answer := self.answer(line):
                writer.write(answer + b"\n")
                await writer.drain()

    def answer(self, message: bytes) -> bytes | None:
        """Do what a message says, and return what it asks for."""
        if message.startswith(b":MASK:DATA"):
            data, message = _block(message)
            self.show(data)
        match message.strip(b"; \r\n").upper():
            case b"*CLS":
                self.errors.clear()
            case b"*IDN?":
                return b"PNN,Liquid crystal mask,0,1"
            case b":SYST:ERR?":
                first = self.errors.popleft() if self.errors else '+0,"No error"'
                return first.encode()
            case b"":
                pass
            case _:
                self.errors.append('-113,"Undefined header"')
        return None

    def show(self, data: bytes) -> None:
        """Show levels, of two bytes each."""
        pixels = self.table.settings.pixels
        if len(data) != 2 * pixels or self.faults.strikes(self.name, "error"):
            self.errors.append(f'-161,"Invalid block data; {pixels} levels expected"')
            return
        levels = np.frombuffer(data, "<u2").astype(np.float64)
        if levels.max() > TOP_LEVEL:
            self.errors.append('-222,"Data out of range"')
            return
        self.table.show(np.sin(np.pi / 2 * levels / TOP_LEVEL))


async def _message(reader: StreamReader) -> bytes:
    """Read a message to its newline, which may also stand within its block."""
    line = await reader.readuntil(b"\n")
    while (mark := BLOCK.search(line)) and len(line) < (end := _end(line, mark)) + 1:
        line += await reader.readexactly(end - len(line))
        line += await reader.readuntil(b"\n")
    return line


def _end(line: bytes, mark: re.Match[bytes]) -> int:
    """Return where a block ends."""
    start = mark.end() + int(mark[1])
    return start + int(line[mark.end() : start])


def _block(message: bytes) -> tuple[bytes, bytes]:
    """Return a message's block, and what comes after it."""
    mark = BLOCK.search(message)
    if mark is None:
        return b"", message.partition(b";")[2]
    end = _end(message, mark)
    return message[mark.end() + int(mark[1]) : end], message[end:]
