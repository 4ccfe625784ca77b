"""Pulse shapers: what sets the amplitude of each part of the spectrum."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from pnn_core.errors import DeviceError, PNNError, told
from pnn_core.signals import Array

__all__ = ["Shaper"]


class Shaper(ABC):
    """A pulse shaper: closed, until `open`.

    Showing a pattern can be repeated, so it is, where it did not get through.

    Args:
        pixels: How many parts of the spectrum it sets.
        retries: How often a pattern is shown again.
    """

    retryable: tuple[type[Exception], ...] = (OSError,)
    """What may pass when it is tried again."""

    def __init__(self, pixels: int, retries: int) -> None:
        self.pixels, self.retries = pixels, retries

    @property
    @abstractmethod
    def where(self) -> str:
        """What it is called in messages."""

    @property
    @abstractmethod
    def connected(self) -> bool:
        """Whether there is something to disconnect."""

    @abstractmethod
    def connect(self) -> None:
        """Connect."""

    @abstractmethod
    def disconnect(self) -> None:
        """Disconnect; does nothing if already disconnected."""

    @abstractmethod
    def send(self, amplitudes: Array) -> None:
        """Show amplitudes [pixel], 0 to 1; connect first where that was lost."""

    def open(self) -> None:
        """Connect, and block the pulse.

        Raises:
            DeviceError: If it cannot be reached, or refuses.
        """
        try:
            self.connect()
        except PNNError:
            raise
        except Exception as error:  # each library raises what it likes
            raise DeviceError(
                f"{self.where} cannot be reached: {told(error)}.\n"
                f"  Check that it is on, its cable and its address; "
                f"no other program may use it."
            ) from error
        self.block()

    def close(self) -> None:
        """Block the pulse, and disconnect.

        Raises:
            DeviceError: If it could not be blocked.
        """
        try:
            if self.connected:
                self.block()
        finally:
            self.disconnect()

    def block(self) -> None:
        """Let nothing through."""
        self.show(np.zeros(self.pixels))

    def show(self, amplitudes: Array) -> None:
        """Show amplitudes [pixel], 0 to 1.

        Raises:
            DeviceError: If they do not get through.
        """
        for left in reversed(range(self.retries + 1)):
            try:
                self.send(amplitudes)
                return
            except self.retryable as error:
                if not left:
                    raise DeviceError(
                        f"{self.where} took no pattern: {told(error)}.\n"
                        f"  It may still show the last one: block the beam, then "
                        f"check that it is on and its cable."
                    ) from error
