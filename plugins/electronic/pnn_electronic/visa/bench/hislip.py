"""A virtual instrument on HiSLIP: IVI-6.1, High-Speed LAN Instrument Protocol, 1.1.

As far as one client in synchronised mode needs it: no locks, no service requests, no
encryption.
"""

from __future__ import annotations

import itertools
import socket
import struct
from socketserver import BaseRequestHandler

from pnn_electronic.visa.bench.port import SocketServer

__all__ = ["HislipHandler"]

HEADER = struct.Struct("!2sBBIQ")
INITIALIZE, INITIALIZE_RESPONSE, FATAL_ERROR = 0, 1, 2
DATA, DATA_END = 6, 7
DEVICE_CLEAR_COMPLETE, DEVICE_CLEAR_ACKNOWLEDGE = 8, 9
ASYNC_MAX_SIZE, ASYNC_MAX_SIZE_RESPONSE = 15, 16
ASYNC_INITIALIZE, ASYNC_INITIALIZE_RESPONSE = 17, 18
ASYNC_DEVICE_CLEAR, ASYNC_DEVICE_CLEAR_ACKNOWLEDGE = 19, 23
ASYNC_STATUS, ASYNC_STATUS_RESPONSE = 21, 22

VERSION = 0x0100
LARGEST = 1 << 20
_sessions = itertools.count(1)


class HislipHandler(BaseRequestHandler):
    """One of a client's two channels."""

    server: SocketServer

    def handle(self) -> None:
        """Answer until the client leaves."""
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        message = b""
        while header := self._exactly(HEADER.size):
            mark, kind, _, parameter, length = HEADER.unpack(header)
            payload = self._exactly(length)
            if mark != b"HS" or len(payload) < length:
                return self._send(FATAL_ERROR, 1)
            if kind in (DATA, DATA_END):
                message += payload
                if kind == DATA_END:
                    if not self._answered(message, parameter):
                        return None
                    message = b""
            else:
                message = b"" if kind == DEVICE_CLEAR_COMPLETE else message
                self._manage(kind)
        return None

    def _answered(self, message: bytes, identifier: int) -> bool:
        """Answer a message; return False if the connection is to be dropped."""
        answer, drop = self.server.port.answer(message.removesuffix(b"\n"))
        parts = [answer[at : at + LARGEST] for at in range(0, len(answer), LARGEST)]
        for index, part in enumerate(parts, 1):
            last = index == len(parts) and not drop
            self._send(DATA_END if last else DATA, 0, identifier, part)
        return not drop

    def _manage(self, kind: int) -> None:
        """Answer what is not data."""
        if kind == INITIALIZE:
            session = next(_sessions) & 0xFFFF
            self._send(INITIALIZE_RESPONSE, 0, VERSION << 16 | session)
        elif kind == ASYNC_INITIALIZE:
            self._send(ASYNC_INITIALIZE_RESPONSE)
        elif kind == ASYNC_MAX_SIZE:
            self._send(ASYNC_MAX_SIZE_RESPONSE, payload=struct.pack("!Q", LARGEST))
        elif kind == ASYNC_DEVICE_CLEAR:
            self._send(ASYNC_DEVICE_CLEAR_ACKNOWLEDGE)
        elif kind == DEVICE_CLEAR_COMPLETE:
            self._send(DEVICE_CLEAR_ACKNOWLEDGE)
        elif kind == ASYNC_STATUS:
            self._send(ASYNC_STATUS_RESPONSE)

    def _send(
        self, kind: int, control: int = 0, parameter: int = 0, payload: bytes = b""
    ) -> None:
        header = HEADER.pack(b"HS", kind, control, parameter, len(payload))
        self.request.sendall(header + payload)

    def _exactly(self, length: int) -> bytes:
        """Return so many bytes, or fewer if the client left."""
        held = bytearray()
        while len(held) < length:
            data = self.request.recv(length - len(held))
            if not data:
                break
            held += data
        return bytes(held)
