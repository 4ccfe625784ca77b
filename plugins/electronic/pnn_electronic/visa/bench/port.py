"""A virtual instrument on a raw TCP socket, and what can go wrong there."""

from __future__ import annotations

import socket
import sys
from collections import Counter
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Lock
from typing import Any

from pnn_electronic.visa.bench.scpi import Instrument
from pnn_electronic.visa.framer import Framer

__all__ = ["Port", "SocketHandler", "SocketServer"]


class Port:
    """One instrument, told one message at a time, with faults that can be provoked.

    Args:
        instrument: What listens.
        lock: Held while anything on the rig happens.
    """

    def __init__(self, instrument: Instrument, lock: Lock) -> None:
        self.instrument, self._lock = instrument, lock
        self.faults: Counter[str] = Counter()

    def strikes(self, fault: str) -> bool:
        """Return whether a fault is to happen now, and count it off."""
        if self.faults[fault] <= 0:
            return False
        self.faults[fault] -= 1
        return True

    def answer(self, message: bytes) -> tuple[bytes, bool]:
        """Return what is sent back, and whether the connection is then dropped."""
        if self.strikes("hang"):
            return b"", False
        if b"#" in message and self.strikes("drop"):
            return b"", True
        with self._lock:
            answer = self.instrument.told(message) or b""
        if not answer.startswith(b"#"):
            return answer, False
        if self.strikes("cut"):
            return answer[: len(answer) // 2] + b"\n", False
        if self.strikes("drop"):
            return answer[: len(answer) // 2], True
        return answer, False


class SocketServer(ThreadingTCPServer):
    """Listens on a free port of this machine; `port` is what it leads to."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: Port, handler: type[BaseRequestHandler]) -> None:
        self.port = port
        super().__init__(("127.0.0.1", 0), handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report what went wrong, unless a client left in the middle."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class SocketHandler(BaseRequestHandler):
    """A client on a raw socket: a newline ends a message, except in a block."""

    server: SocketServer

    def handle(self) -> None:
        """Answer until the client leaves."""
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        framer = Framer()
        while data := self.request.recv(1 << 16):
            messages = framer.feed(data)
            if framer.inside_block and self.server.port.strikes("drop"):
                return
            for message in messages:
                answer, drop = self.server.port.answer(message)
                self.request.sendall(answer)
                if drop:
                    return
