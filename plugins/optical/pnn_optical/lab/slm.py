"""A pulse shaper with a phase mask: any spatial light modulator slmsuite drives."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Literal

import numpy as np
from pydantic import Field

import pnn_core as pnn
from pnn_core.errors import SettingError, nearest
from pnn_core.signals import Array
from pnn_optical.lab.grating import blaze
from pnn_optical.lab.libraries import required
from pnn_optical.lab.shaper import Shaper

__all__ = ["SlmSettings", "SlmShaper"]


class SlmSettings(pnn.Config):
    """A phase mask in the Fourier plane, its columns along the spectrum."""

    kind: Literal["slm"] = Field("slm", description="A phase mask, by slmsuite.")
    driver: str = Field(
        "remote.RemoteSLM",
        pattern=r"^\w+\.\w+$",
        description="Module and class in slmsuite.hardware.slms, "
        'such as "santec.Santec" or "screenmirrored.ScreenMirrored".',
    )
    options: dict[str, Any] = Field(
        {"name": "shaper"}, description="Arguments of that class."
    )
    first_column: int = Field(0, ge=0, description="Where the first pixel begins.")
    columns: int = Field(2, ge=1, description="Columns of a pixel.")
    period: int = Field(8, ge=3, description="Rows of a period of the grating.")


class SlmShaper(Shaper):
    """Sets amplitudes by the depth of a blazed grating in each pixel's columns."""

    retryable = (OSError, RuntimeError, ValueError)

    def __init__(
        self, pixels: int, retries: int, settings: SlmSettings, timeout_s: float
    ) -> None:
        super().__init__(pixels, retries)
        self.settings = settings
        self.options = dict(settings.options)
        if settings.driver == "remote.RemoteSLM":
            self.options.setdefault("timeout", timeout_s)
        self._slm: Any = None

    @property
    def where(self) -> str:
        """Driver and address."""
        options = self.options
        at = ":".join(str(options[key]) for key in ("host", "port") if key in options)
        return f"pulse shaper {self.settings.driver}" + (f" at {at}" if at else "")

    @property
    def connected(self) -> bool:
        """Whether slmsuite has opened it."""
        return self._slm is not None

    def connect(self) -> None:
        """Open it, and check that the pixels fit on it."""
        self._slm = self._driver()(**self.options)
        rows, columns = self._slm.shape
        needed = self.settings.first_column + self.pixels * self.settings.columns
        if columns < needed or rows < self.settings.period:
            raise SettingError(
                f"{self.where} has {rows} rows and {columns} columns; {self.pixels} "
                f"pixels need {self.settings.period} rows and {needed} columns.\n"
                f"  Set shaper.first_column, .columns and .period to fit."
            )

    def disconnect(self) -> None:
        """Let slmsuite close it."""
        slm, self._slm = self._slm, None
        if slm is not None:
            slm.close()

    def send(self, amplitudes: Array) -> None:
        """Show gratings."""
        rows, columns = self._slm.shape
        first, wide = self.settings.first_column, self.settings.columns
        phases = np.zeros((rows, columns), dtype=np.float32)
        pattern = blaze(amplitudes, rows, self.settings.period)
        phases[:, first : first + wide * self.pixels] = pattern.repeat(wide, axis=1)
        self._slm.set_phase(phases, settle=False)

    def _driver(self) -> Any:
        """Return slmsuite's class."""
        required("slmsuite")
        module, _, name = self.settings.driver.partition(".")
        try:
            return getattr(import_module(f"slmsuite.hardware.slms.{module}"), name)
        except (ModuleNotFoundError, AttributeError):
            known = ("remote.RemoteSLM", "santec.Santec", "meadowlark.Meadowlark")
            raise SettingError(
                f"slmsuite has no {self.settings.driver!r}"
                f"{nearest(self.settings.driver, known)}.\n"
                f"  See slmsuite.hardware.slms for what it drives."
            ) from None
