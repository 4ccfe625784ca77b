"""One VISA session: lines and blocks of bytes, and one error for whatever fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from pnn_core.errors import DeviceError, told
from pnn_electronic.visa.backend import hasten
from pnn_electronic.visa.framer import block

__all__ = ["Link", "LinkError"]

CHUNK = 1 << 20
"""Bytes asked for at once."""


class LinkError(DeviceError):
    """The link failed, not the instrument: a new session may help."""


class Link:
    """A session that sends and receives whole messages.

    Args:
        manager: pyvisa's resource manager.
        resource: VISA resource name.
        timeout_s: Longest silence.
    """

    def __init__(self, manager: Any, resource: str, timeout_s: float) -> None:
        self._manager, self.resource, self.timeout_s = manager, resource, timeout_s
        self._held: Any = None
        self.name = resource

    def open(self) -> None:
        """Open the session.

        Raises:
            LinkError: If it cannot be reached.
        """
        milliseconds = int(1e3 * self.timeout_s)
        with self._guarded("opening the session"):
            self._held = self._manager.open_resource(
                self.resource, open_timeout=milliseconds
            )
            self._held.timeout, self._held.chunk_size = milliseconds, CHUNK
            self._held.read_termination = self._held.write_termination = "\n"
            hasten(self._held, milliseconds)
            if not self.resource.upper().startswith("TCPIP"):
                self._held.clear()  # a new connection holds nothing old, a bus may

    def close(self) -> None:
        """Close the session; does nothing if it is closed."""
        held, self._held = self._held, None
        if held is not None:
            with suppress(Exception):  # whatever a broken link raises
                held.close()

    def allow(self, seconds: float) -> None:
        """Let each exchange from now on take this much longer."""
        with self._guarded("setting its time-out"):
            self._held.timeout = int(1e3 * (self.timeout_s + seconds))

    def send(self, command: str, data: bytes | None = None) -> None:
        """Send a line, at its end a block if there are data."""
        ending = b"\n" if data is None else block(data) + b"\n"
        with self._guarded(command):
            self._held.write_raw(command.encode() + ending)

    def answer(self, query: str) -> str:
        """Return the line that answers a query."""
        with self._guarded(query):
            return str(self._held.query(query)).strip()

    def block(self, query: str) -> bytes:
        """Return the block that answers a query.

        Raises:
            LinkError: If there is none, or it is cut short.
        """
        with self._guarded(query):
            self._held.write(query)
            self._held.read_termination = None  # a newline may be data
            try:
                mark = self._exactly(2, query)
                if mark[:1] != b"#" or not mark[1:].isdigit():
                    raise LinkError(
                        f"{self.name} answered {query} with {mark!r}... and no block.\n"
                        f"  If this stays, correct fetch in its dialect."
                    )
                length = int(self._exactly(int(mark[1:]), query))
                return self._exactly(length + 1, query)[:-1]  # its newline
            finally:
                self._held.read_termination = "\n"

    def _exactly(self, count: int, query: str) -> bytes:
        """Return so many bytes of an answer."""
        import pyvisa

        held, reason = bytearray(), ""
        while len(held) < count:
            try:
                with self._held.ignore_warning(pyvisa.constants.VI_SUCCESS_MAX_CNT):
                    data, _ = self._held.visalib.read(
                        self._held.session, min(count - len(held), CHUNK)
                    )
            except pyvisa.VisaIOError as error:
                data, reason = b"", f" ({error.abbreviation})"
            if not data:
                raise LinkError(
                    f"{self.name} cut its answer to {query} short: {count} bytes were "
                    f"to come, fewer did{reason}.\n"
                    f"  Check the cable, and timeout_s where the link is slow."
                )
            held += data
        return bytes(held)

    @contextmanager
    def _guarded(self, doing: str) -> Iterator[None]:
        try:
            yield
        except DeviceError:
            raise
        except Exception as error:  # backends raise what their transport raises
            raise LinkError(
                f"{self.name} was lost at {doing!r}: {told(error)}.\n"
                f"  Check that it is on, its cable, and its resource name."
            ) from error
