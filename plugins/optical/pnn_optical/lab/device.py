"""The real rig: a pulse shaper, the crystal, and a spectrometer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

import pnn_core as pnn
from pnn_core.errors import DeviceError
from pnn_core.signals import Array
from pnn_optical.lab.bins import Bins
from pnn_optical.lab.exposure import choose_exposure
from pnn_optical.lab.libraries import found
from pnn_optical.lab.mask import MaskShaper
from pnn_optical.lab.readout import Readout
from pnn_optical.lab.settings import LabSettings
from pnn_optical.lab.settling import settling_time
from pnn_optical.lab.shaper import Shaper
from pnn_optical.lab.slm import SlmSettings, SlmShaper
from pnn_optical.lab.spectrometer import Spectrometer
from pnn_optical.signals import input_spec, output_spec

__all__ = ["ShgDevice"]

BRIGHTEST = 1.25
"""Largest output: light may be brighter than when the scale was set."""

REFERENCE_FRAMES = 16

FIRST_SETTLE_S = 0.05
"""For the first dark frame, before the shaper's own time is known."""


class ShgDevice(pnn.Device):
    """Pulse shaper, frequency-doubling crystal and spectrometer in a lab.

    Each example is one pattern on the shaper, a wait, and one spectrum. Outputs are the
    spectrum less its dark frame, relative to the brightest bin with every pixel open
    when the device was opened. The same connection finds the exposure, and makes sure
    that the shaper settles within settle_s. Whatever fails leaves the shaper closed.
    """

    name = "optical-shg"
    twin = "optical-shg-bench"

    class Config(LabSettings):
        """Settings of the instruments."""

    config: Config
    shaper: Shaper | None = None
    spectrometer: Spectrometer | None = None
    noted: dict[str, Any] | None = None

    @property
    def inputs(self) -> pnn.SignalSpec:
        """Amplitude transmissions of the pixels."""
        return input_spec(self.config)

    @property
    def params(self) -> pnn.SignalSpec:
        """None: what is trained sits on the spectrum, beside the features."""
        return pnn.SignalSpec.empty()

    @property
    def outputs(self) -> pnn.SignalSpec:
        """The harmonic's spectrum, 1 being the brightest with every pixel open."""
        return replace(output_spec(self.config), high=BRIGHTEST)

    @classmethod
    def doctor(cls) -> Iterable[str]:
        """Return the libraries' state; see `Device.doctor`."""
        return found()

    def connect(self) -> None:
        """Connect, check that the shaper settles, and set exposure and scale."""
        config = self.config
        self.spectrometer = Spectrometer(
            config.spectrometer, timeout_s=config.timeout_s, retries=config.retries
        )
        self.spectrometer.open()
        self.shaper = self._chosen_shaper()
        self.shaper.open()
        bins = Bins(self.spectrometer.wavelengths_nm, config.bins)
        self.readout = Readout(
            self.shaper, self.spectrometer, bins, config, FIRST_SETTLE_S
        )
        self._set_up(self.readout)

    def disconnect(self) -> None:
        """Close the shaper, then leave both instruments."""
        shaper, self.shaper = self.shaper, None
        spectrometer, self.spectrometer = self.spectrometer, None
        try:
            if shaper is not None:
                shaper.close()
        finally:
            if spectrometer is not None:
                spectrometer.close()

    def measure(self, inputs: Array, params: Array) -> Array:
        """Show each pattern, and read its spectrum; see `Device.measure`."""
        patterns = inputs.reshape(-1, self.config.pixels)
        if self.config.blue_first:
            patterns = patterns[:, ::-1]
        spectra = np.stack([self.readout.spectrum(row) for row in patterns])
        self.noted = (self.noted or {}) | self.readout.counted
        scaled = (spectra * self.scale_s).astype(np.float32)
        if scaled.max() > BRIGHTEST:
            raise DeviceError(
                f"{self.name} sees {scaled.max():.3g} times the brightest light that "
                f"it saw when it was opened.\n"
                f"  Check the laser; open the device again to set its scale."
            )
        return scaled.reshape(len(inputs), *self.outputs.shape)

    def record(self) -> dict[str, Any]:
        """Return what was found and how often readings were repeated."""
        return dict(self.noted or {})

    def _chosen_shaper(self) -> Shaper:
        config, settings = self.config, self.config.shaper
        if isinstance(settings, SlmSettings):
            return SlmShaper(config.pixels, config.retries, settings, config.timeout_s)
        return MaskShaper(config.pixels, config.retries, settings, config.timeout_s)

    def _set_up(self, readout: Readout) -> None:
        """Find settling time, exposure and scale."""
        spectrometer, config = readout.spectrometer, self.config
        readout.expose(config.fixed_exposure_s or spectrometer.exposure_limits_s[0])
        readout.settle_s = self._settled(readout)
        readout.forget_dark()
        if config.fixed_exposure_s is None:
            readout.exposure_s = choose_exposure(readout, config.longest_exposure_s)
        else:
            readout.exposure_s = config.fixed_exposure_s
        every_pixel = np.ones(config.pixels)
        spectra = [readout.spectrum(every_pixel) for _ in range(REFERENCE_FRAMES)]
        self.scale_s = 1 / float(np.mean(spectra, 0).max())
        readout.shaper.block()
        self.noted = readout.counted | {
            "spectrometer": f"{spectrometer.settings.model} {spectrometer.serial}",
            "exposure_s": readout.exposure_s,
            "settle_s": readout.settle_s,
        }

    def _settled(self, readout: Readout) -> float:
        """Return the wait that the shaper needs.

        Raises:
            DeviceError: If it is longer than settle_s, and may not be lengthened.
        """
        config, bins = self.config, readout.bins
        dark = readout.dark().counts

        def show(transmission: float) -> None:
            readout.shaper.show(np.full(config.pixels, transmission))

        def look() -> float:
            readout.discard()
            return float(bins.mean(readout.counts(1) - dark).sum())

        needed_s = settling_time(
            show,
            look,
            settle_s=config.settle_s,
            longest_s=max(config.longest_settle_s, config.settle_s),
            tolerance=config.settle_tolerance,
        )
        if needed_s > config.settle_s and not config.lengthen_settle:
            raise DeviceError(
                f"{readout.shaper.where} settles in about {needed_s:.2g} s, longer "
                f"than settle_s = {config.settle_s:g}.\n"
                f"  Set settle_s = {needed_s:.2g}, or lengthen_settle = true."
            )
        return needed_s
