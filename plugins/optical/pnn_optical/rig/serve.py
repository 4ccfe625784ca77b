"""The rig's own process: a shaper and a spectrometer with the crystal between them.

It is given its settings as JSON, prints on which ports it listens, and then takes one
JSON object a line from its standard input, and answers each with its state. They hold
what to change: {"fault": ["shaper", "drop", 1]}, {"laser": 3.0}, {"dark_level": 0.01},
{"tau_s": 0.1}, {"trigger": true}. It ends with its input.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

from pnn_core.program import say, tether
from pnn_optical.rig.amplitude_mask import AmplitudeMask
from pnn_optical.rig.obp import Hdx
from pnn_optical.rig.phase_mask import PhaseMask
from pnn_optical.rig.table import Faults, Table, TableSettings

__all__ = ["main"]

SHAPERS = {"slm": PhaseMask, "mask": AmplitudeMask}
Serve = Callable[[StreamReader, StreamWriter], Awaitable[None]]


class Port:
    """A port on the loopback, and who is connected to it."""

    def __init__(self, serve: Serve) -> None:
        self.serve = serve
        self.clients = 0

    async def open(self) -> int:
        """Listen, and return the port's number."""
        server = await asyncio.start_server(self._met, "127.0.0.1", 0, limit=2**24)
        return int(server.sockets[0].getsockname()[1])

    async def _met(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.clients += 1
        line = writer.get_extra_info("socket")
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            await self.serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has left
        finally:
            self.clients -= 1
            writer.close()


async def serve(settings: dict[str, Any]) -> None:
    """Serve until standard input ends."""
    shaper = SHAPERS[settings.pop("shaper")]
    table, faults = Table(TableSettings(**settings)), Faults()
    instruments: list[Any] = [Hdx(table, faults), shaper(table, faults)]
    ports = {i.name: Port(i.serve) for i in instruments}
    say({name: await port.open() for name, port in ports.items()})
    orders = StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(orders), sys.stdin
    )
    while line := await orders.readline():
        order = json.loads(line)
        if "fault" in order:
            faults.provoke(*order["fault"])
        if order.get("trigger"):
            table.trigger.set()
        for name in ("laser", "dark_level", "tau_s"):
            setattr(table, name, order.get(name, getattr(table, name)))
        say(
            {
                "open": float(table.shown(monotonic() + 1e3).max()),
                "shots": table.shots,
                "patterns": table.patterns,
                "clients": {name: port.clients for name, port in ports.items()},
                "faults_left": sum(faults.waiting.values()),
            }
        )


def main() -> None:
    """Serve what the command line's settings say."""
    tether()
    asyncio.run(serve(json.loads(sys.argv[1])))


if __name__ == "__main__":
    main()
