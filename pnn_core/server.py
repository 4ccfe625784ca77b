"""Servers: virtual benches as programs of their own, behind a real protocol."""

from __future__ import annotations

import os
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar, Self

from pnn_core import config
from pnn_core.errors import DeviceError
from pnn_core.lab import PNN_LAB, read_lab

__all__ = ["Server"]


class Server(ABC):
    """A virtual bench that an unmodified driver reaches through a real protocol.

    A sound server with a plate behind it, or an instrument that speaks SCPI. While it
    runs, the lab file says how its device reaches it::

        with SoundBench():
            pnn.get("device", "acoustic-plate")().open()

    Args:
        **settings: Fields of this server's nested `Config`.
    """

    name: ClassVar[str]
    """What `pnn bench` starts. Unique among installed servers."""

    device: ClassVar[str]
    """The name of the device that reaches it."""

    Config: ClassVar[type[config.Config]] = config.Config

    def __init__(self, **settings: Any) -> None:
        self.config = config.validated(self.Config, settings, owner=self.name)
        self._before: dict[str, str | None] = {}
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @classmethod
    def missing(cls) -> str | None:
        """Return what this machine lacks to run it and how to get it, or None."""
        return None

    @abstractmethod
    def start(self) -> None:
        """Start it, and return once it can be reached.

        Whatever fails leaves nothing running.
        """

    @abstractmethod
    def stop(self) -> None:
        """Stop it; does nothing if it does not run.

        It must also cope with a `start` that failed half-way.
        """

    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """Return the settings by which the device reaches it, once it is started."""

    def environment(self) -> dict[str, str]:
        """Return environment variables that the device's process needs."""
        return {}

    def __enter__(self) -> Self:
        """Start it, and let this process's devices and children reach it."""
        if lacking := self.missing():
            raise DeviceError(f"{self.name} cannot run here: {lacking}")
        try:
            self.start()
            self._announce(self.environment() | {PNN_LAB: self._lab_file()})
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exc_info: object) -> None:
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self._before = {}
        if self._folder:
            self._folder.cleanup()
            self._folder = None
        self.stop()

    def _announce(self, variables: dict[str, str]) -> None:
        """Set environment variables, and remember what they were."""
        self._before = {name: os.environ.get(name) for name in variables}
        os.environ.update(variables)

    def _lab_file(self) -> str:
        """Write a lab file: the one in force, with this device's settings on top."""
        import tomli_w

        path = os.environ.get(PNN_LAB)
        devices = read_lab(Path(path)) if path else {}
        devices[self.device] = devices.get(self.device, {}) | self.settings()
        self._folder = tempfile.TemporaryDirectory(prefix="pnn-lab-")
        file = Path(self._folder.name) / "lab.toml"
        file.write_text(tomli_w.dumps({"device": devices}), encoding="utf-8")
        return str(file)
