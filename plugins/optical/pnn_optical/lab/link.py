"""A spectrometer's network link, which seabreeze is given to talk through.

seabreeze's own (2.11) waits for ever for a spectrometer that has closed the line,
lengthens its time-out with every spectrum, takes a refused command for a done one, and
leaves its socket open. This one reads whole pieces within one time limit, raises what
the spectrometer refuses, and closes what it opened.
"""

from __future__ import annotations

import socket
import struct
from time import monotonic
from typing import Any

from seabreeze.pyseabreeze.protocol import OBPProtocol
from seabreeze.pyseabreeze.transport import IPv4TransportHandle

__all__ = ["Link", "RefusedError"]

OBP = OBPProtocol.OBP
HEADER = struct.Struct("<HHHH")
"""Start bytes, version, flags and error number: how an OBP message begins."""


class RefusedError(Exception):
    """The spectrometer said no."""


class _Socket(socket.socket):
    """A connected socket that reads whole pieces of OBP messages."""

    limit_s: float

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0, /) -> int:
        """Fill the whole buffer.

        Raises:
            ConnectionError: If the line is closed before it is full.
            TimeoutError: If it is not full within the limit.
            RefusedError: If it then holds a refusal.
        """
        view, size = memoryview(buffer), nbytes or len(buffer)
        end = monotonic() + self.limit_s
        filled = 0
        while filled < size:
            if (left := end - monotonic()) <= 0:
                raise TimeoutError(f"{filled} of {size} bytes in {self.limit_s:g} s")
            self.settimeout(left)
            got = super().recv_into(view[filled:], size - filled, flags)
            if not got:
                raise ConnectionError(f"closed after {filled} of {size} bytes")
            filled += got
        self.settimeout(self.limit_s)
        _raise_refusal(view[:size])
        return size


def _raise_refusal(piece: memoryview) -> None:
    if len(piece) < HEADER.size:
        return
    start, _, flags, error = HEADER.unpack_from(piece)
    refused = flags & (OBP.FLAG_NACK | OBP.FLAG_HW_EXCEPTION)
    if start == OBP.HEADER_START_BYTES and refused and error:
        raise RefusedError(
            f"{OBP.ERROR_CODES.get(error, 'unknown error')} (OBP {error})"
        )


class Link(IPv4TransportHandle):
    """A spectrometer's address, and the socket to it while it is open.

    Args:
        address: Its IPv4 address.
        port: Its TCP port.
        limit_s: The longest that one reading may take; change it at will.
    """

    def __init__(self, address: str, port: int, limit_s: float) -> None:
        super().__init__(address, port)
        self.socket.close()
        self._limit_s = limit_s

    @property
    def limit_s(self) -> float:
        """The longest that one reading may take."""
        return self._limit_s

    @limit_s.setter
    def limit_s(self, seconds: float) -> None:
        self._limit_s = seconds
        if isinstance(self.socket, _Socket):
            self.socket.limit_s = seconds

    def open(self) -> None:
        """Connect, within the time limit."""
        self.socket = _Socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.limit_s = self._limit_s
        self.socket.settimeout(self._limit_s)
        self.socket.connect(self.get_address())
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        """Close the socket, whether it was opened or not."""
        self.socket.close()
