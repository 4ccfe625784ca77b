"""A spectrometer of the Ocean Optics family, driven by seabreeze over USB or TCP."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import numpy as np
from pydantic import Field

import pnn_core as pnn
from pnn_core.errors import DeviceError, told
from pnn_core.signals import Array
from pnn_optical.lab.ocean import choose_backend, client, forget, linked, on_usb

__all__ = ["OceanSettings", "Spectrometer"]

Answer = TypeVar("Answer")


class OceanSettings(pnn.Config):
    """How the spectrometer is reached."""

    host: str | None = Field(
        None, description="Its address on the network; none for one on USB."
    )
    port: int = Field(57357, ge=1, le=65535, description="Its TCP port.")
    model: str = Field("HDX", description="Its model on the network, as in seabreeze.")
    serial: str | None = Field(
        None, description="Its serial number, on USB; none for the first one found."
    )
    trigger_mode: int = Field(
        0, ge=0, le=255, description="What starts an exposure; see its data sheet."
    )


class Spectrometer:
    """A spectrometer: closed, until `open`.

    Lost lines and short blocks are met by connecting anew and asking again.

    Args:
        settings: How it is reached.
        timeout_s: How long it may stay silent, beyond an exposure.
        retries: How often a lost spectrum is asked for again.
    """

    def __init__(
        self, settings: OceanSettings, *, timeout_s: float, retries: int
    ) -> None:
        self.settings = settings
        self.timeout_s, self.retries = timeout_s, retries
        self.exposure_s = 0.0
        self._client: Any = None
        self._link: Any = None

    @property
    def where(self) -> str:
        """What it is called in messages."""
        settings = self.settings
        if settings.host is None:
            return f"spectrometer {settings.serial or ''} on USB".replace("  ", " ")
        return f"spectrometer {settings.model} at {settings.host}:{settings.port}"

    @property
    def serial(self) -> str:
        """Its serial number."""
        return str(self._client.serial_number)

    @property
    def wavelengths_nm(self) -> Array:
        """The wavelength of each pixel."""
        return np.asarray(self._client.wavelengths())

    @property
    def full_scale(self) -> float:
        """The largest count."""
        return float(self._client.max_intensity)

    @property
    def exposure_limits_s(self) -> tuple[float, float]:
        """The shortest and the longest exposure."""
        least, most = self._client.integration_time_micros_limits
        return least * 1e-6, (most - 1) * 1e-6

    def open(self) -> None:
        """Connect, and set the trigger.

        Raises:
            DeviceError: If it cannot be reached, or refuses.
        """
        choose_backend()
        with self._told():
            self._connect()

    def close(self) -> None:
        """Disconnect; does nothing if already closed."""
        opened, self._client = self._client, None
        link, self._link = self._link, None
        try:
            if opened is not None:
                opened.close()
        finally:
            if link is not None:
                forget(link)

    def expose(self, seconds: float) -> None:
        """Set the exposure, in seconds."""
        self._again(lambda: self._set_exposure(seconds))

    def counts(self) -> Array:
        """Return one spectrum, in counts [pixel].

        Raises:
            DeviceError: If it stays silent, refuses, or is lost again and again.
        """
        return self._again(lambda: np.asarray(self._client.intensities()))

    def _connect(self) -> None:
        settings = self.settings
        if settings.host is None:
            self._client = on_usb(settings.serial)
        else:
            address = socket.gethostbyname(settings.host), settings.port
            self._link = linked(address, settings.model, self.timeout_s)
            self._client = client(self._link)
        self._client.trigger_mode(settings.trigger_mode)

    def _set_exposure(self, seconds: float) -> None:
        self._client.integration_time_micros(round(seconds * 1e6))
        self.exposure_s = seconds
        if self._link is not None:
            self._link.limit_s = self.timeout_s + seconds

    def _again(self, ask: Callable[[], Answer]) -> Answer:
        """Return an answer; where the line is lost, connect anew and ask again."""
        for left in reversed(range(self.retries + 1)):
            with self._told(final=not left):
                return ask()
            with self._told():
                self._reconnect()
        raise AssertionError  # the last turn returns or raises

    def _reconnect(self) -> None:
        self.close()
        self._connect()
        if self.exposure_s:
            self._set_exposure(self.exposure_s)

    @contextmanager
    def _told(self, *, final: bool = True) -> Iterator[None]:
        """Raise what goes wrong as a DeviceError, but let a lost line pass."""
        from seabreeze.pyseabreeze import SeaBreezeError

        from pnn_optical.lab.link import RefusedError

        lost = OSError, RuntimeError, struct.error, AssertionError, SeaBreezeError
        try:
            yield
        except TimeoutError as error:
            raise DeviceError(
                f"{self.where} stayed silent: {error}.\n"
                f"  It hangs, or waits for a trigger (trigger_mode = "
                f"{self.settings.trigger_mode}): restart it, or check its trigger."
            ) from error
        except RefusedError as error:
            raise DeviceError(
                f"{self.where} refuses: {error}.\n"
                f"  Check exposure and trigger against its data sheet, or restart it."
            ) from error
        except lost as error:
            if final:
                way = "address" if self.settings.host else "driver, libusb-1.0"
                raise DeviceError(
                    f"The line to {self.where} failed: {told(error)}.\n"
                    f"  Check that it is on, its cable and its {way}; "
                    f"no other program may use it."
                ) from error
