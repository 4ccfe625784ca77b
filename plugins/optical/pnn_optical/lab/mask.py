"""A pulse shaper with an amplitude mask: a row of liquid crystals, told by pyvisa.

Between crossed polarisers a cell of retardance G passes the amplitude sin(G / 2):
Weiner, "Femtosecond pulse shaping using spatial light modulators", Review of
Scientific Instruments 71, 1929 (2000), section III.
"""

from __future__ import annotations

import contextlib
import socket
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

import pnn_core as pnn
from pnn_core.errors import DeviceError
from pnn_core.signals import Array
from pnn_optical.lab.libraries import required
from pnn_optical.lab.shaper import Shaper

__all__ = ["MaskSettings", "MaskShaper"]


class MaskSettings(pnn.Config):
    """A row of liquid crystals, one for each pixel."""

    kind: Literal["mask"] = Field("mask", description="An amplitude mask, by pyvisa.")
    resource: str = Field(
        "TCPIP0::192.168.1.5::5025::SOCKET", description="Its VISA address."
    )
    library: str = Field("@py", description="The VISA library, as pyvisa names it.")
    setup: list[str] = Field(["*CLS"], description="Commands told once, first.")
    load: str = Field(
        ":MASK:DATA", description="Command that shows the levels in the block after it."
    )
    errors: str = Field(
        ":SYST:ERR?", description="Query of the error queue; empty, it starts with 0."
    )
    top_level: int = Field(4095, ge=1, le=65535, description="Level of full amplitude.")
    retardance: list[float] = Field(
        [0.0, 1.0],
        min_length=2,
        description="Retardance of the crystals, in half-waves, at levels evenly "
        "spaced from 0 to top_level; rising from 0 to 1.",
    )

    @model_validator(mode="after")
    def _rises(self) -> MaskSettings:
        curve = self.retardance
        if curve[0] != 0 or curve[-1] != 1 or np.any(np.diff(curve) <= 0):
            raise ValueError("retardance must rise from 0 to 1")
        return self


class MaskShaper(Shaper):
    """Sets amplitudes by the level of each liquid crystal."""

    def __init__(
        self, pixels: int, retries: int, settings: MaskSettings, timeout_s: float
    ) -> None:
        super().__init__(pixels, retries)
        self.settings, self.timeout_s = settings, timeout_s
        self._manager: Any = None
        self._session: Any = None

    @property
    def where(self) -> str:
        """Its VISA address."""
        return f"pulse shaper {self.settings.resource}"

    @property
    def connected(self) -> bool:
        """Whether pyvisa was asked to open it."""
        return self._manager is not None

    def connect(self) -> None:
        """Open a session, and set up the mask."""
        pyvisa = required("pyvisa", *["pyvisa_py"] * (self.settings.library == "@py"))
        self.retryable = (OSError, pyvisa.errors.VisaIOError)
        self._manager = pyvisa.ResourceManager(self.settings.library)
        self._open()

    def disconnect(self) -> None:
        """Close the session."""
        manager, self._manager = self._manager, None
        with contextlib.ExitStack() as stack:
            if manager is not None:
                stack.callback(manager.close)
            stack.callback(self._close)

    def send(self, amplitudes: Array) -> None:
        """Show levels, and read the error queue."""
        data = self.levels(amplitudes).astype("<u2").tobytes()
        length = str(len(data))
        head = f"{self.settings.load} #{len(length)}{length}"
        tail = f";{self.settings.errors}\n"
        if self._session is None:
            self._open()
        try:
            self._session.write_raw(head.encode() + data + tail.encode())
            answer = self._session.read()
        except BaseException:
            self._close()  # what it may still answer belongs to this pattern
            raise
        self._check(answer)

    def levels(self, amplitudes: Array) -> Array:
        """Return the levels that pass these amplitudes on."""
        table = np.asarray(self.settings.retardance)
        levels = np.linspace(0, self.settings.top_level, len(table))
        wanted = 2 / np.pi * np.arcsin(np.asarray(amplitudes, dtype=np.float64))
        return np.rint(np.interp(wanted, table, levels))

    def _open(self) -> None:
        wait_ms = round(self.timeout_s * 1e3)
        self._session = self._manager.open_resource(
            self.settings.resource,
            open_timeout=wait_ms,
            timeout=wait_ms,
            read_termination="\n",
            write_termination="\n",
        )
        _answer_at_once(self._session)
        for command in self.settings.setup:
            self._session.write(command)
        self._check(self._session.query(self.settings.errors))

    def _close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def _check(self, answer: str) -> None:
        if answer.lstrip("+").partition(",")[0].strip() != "0":
            raise DeviceError(
                f"{self.where} reports {answer.strip()}.\n"
                f"  Check shaper.load and shaper.top_level against its manual."
            )


def _answer_at_once(session: Any) -> None:
    """Switch off Nagle's algorithm, which pyvisa-py leaves on: 44 ms a pattern."""
    opened = getattr(session.visalib, "sessions", {}).get(session.session)
    line = getattr(opened, "interface", None)
    if isinstance(line, socket.socket):
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
