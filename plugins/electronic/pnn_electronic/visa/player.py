"""The waveform generator as a driver sees it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pnn_core.errors import DeviceError, told
from pnn_electronic.visa.dialect import GeneratorDialect
from pnn_electronic.visa.quantities import quantities
from pnn_electronic.visa.session import Session

Array = NDArray[np.floating[Any]]

__all__ = ["Player"]


class Player:
    """Plays records, and rests at 0 V.

    Args:
        session: The session, closed.
        dialect: What the generator speaks.
        rate_hz: Samples a second.
        drive_v: Its range, on either side of 0 V.
    """

    def __init__(
        self,
        session: Session,
        dialect: GeneratorDialect,
        rate_hz: float,
        drive_v: float,
    ) -> None:
        self.session, self.dialect = session, dialect
        self.rate_hz, self.drive_v = rate_hz, drive_v
        self._may_drive = self._is_on = False

    def open(self) -> None:
        """Open the session, and set up, the output off."""
        self.session.open()
        self._may_drive, self._is_on = True, False
        self._tell(self.dialect.setup)

    def load(self, volts: Array) -> None:
        """Make a record the one to be played, and switch the output on."""
        points = self.dialect.points(len(volts))
        self.session.allow(points / self.rate_hz)
        self._tell(self.dialect.clear, points)
        padded = np.pad(volts, (0, points - len(volts)))
        self.session.load(self.dialect.load, self._coded(padded))
        self._tell(self.dialect.record, points)
        if not self._is_on:
            self._tell(self.dialect.on, points)
            self._is_on = True

    def play(self) -> None:
        """Play the record once, and wait until it is over."""
        self._tell(self.dialect.trigger)

    def close(self) -> None:
        """Switch the output off, in a new session if need be, and close.

        Raises:
            DeviceError: If the output may still be on.
        """
        try:
            if self._may_drive:
                self._switch_off()
        finally:
            self.session.close()

    def _switch_off(self) -> None:
        try:
            self._tell(self.dialect.off)
        except DeviceError:
            self.session.close()
            try:
                self.session.open()
                self._tell(self.dialect.off)
            except DeviceError as error:
                raise DeviceError(
                    f"{self.session.name} could not be switched off and may still "
                    f"drive the circuit: {told(error)}\n  Switch it off by hand."
                ) from error
        self._may_drive = False

    def _tell(self, commands: tuple[str, ...], points: int = 1) -> None:
        self.session.tell(
            commands, quantities(self.rate_hz, points, 2 * self.drive_v, lead=0)
        )

    def _coded(self, volts: Array) -> bytes:
        """Return volts as the generator's codes."""
        low, high = self.dialect.codes.low, self.dialect.codes.high
        codes = volts * np.float32((high - low) / (2 * self.drive_v))
        codes = np.rint(codes + np.float32((high + low) / 2))
        return bytes(codes.astype(self.dialect.codes.format).tobytes())
