"""Readings, on instruments whose noise and drift are known."""

import numpy as np
import pytest
from pnn_optical.lab.bins import Bins
from pnn_optical.lab.readout import Readout, ReadoutSettings

import pnn_core as pnn

WAVELENGTHS_NM = np.linspace(386, 394, 800)


class Shaper:
    """Remembers what it shows."""

    pixels = 4
    shown = np.zeros(4)

    def show(self, amplitudes):
        self.shown = amplitudes


class Spectrometer:
    """Counts what the shaper shows, on a dark level that may drift, with noise."""

    where, full_scale, exposure_s = "spectrometer", 1000.0, 0.0
    exposure_limits_s = (0.01, 1.0)

    def __init__(self, shaper, noise=0.0, drift=0.0):
        self.shaper, self.noise, self.drift, self.shots = shaper, noise, drift, 0
        self.lit = Bins(WAVELENGTHS_NM, 5).lit
        self.rng = np.random.default_rng(0)

    def expose(self, seconds):
        self.exposure_s = seconds

    def counts(self):
        self.shots += 1
        light = 1e4 * self.exposure_s * self.shaper.shown.sum() * self.lit
        noise = self.noise * self.rng.standard_normal(len(self.lit))
        return np.minimum(10 + self.drift * self.shots + light + noise, 1000)


@pytest.fixture
def built():
    """Return a function that builds a readout of such instruments."""

    def build(noise=0.0, drift=0.0, **settings):
        shaper = Shaper()
        spectrometer = Spectrometer(shaper, noise, drift)
        bins = Bins(WAVELENGTHS_NM, 5)
        return Readout(shaper, spectrometer, bins, ReadoutSettings(**settings), 0.0)

    return build


def test_dark_level_is_subtracted_and_light_given_per_second(built):
    assert built().spectrum(np.full(4, 0.5)) == pytest.approx(np.full(5, 2e4))


def test_averages_divide_the_noise(built):
    spread = []
    for averages in (1, 25):
        readout = built(noise=10.0, averages=averages, dark_frames=500)
        spread.append(np.std([readout.spectrum(np.zeros(4)) for _ in range(40)]))
    assert spread[0] / spread[1] == pytest.approx(5, rel=0.15)


def test_first_spectra_after_a_change_are_thrown_away(built):
    readout = built(discarded=2, dark_frames=3, averages=4)
    readout.spectrum(np.ones(4))
    assert readout.spectrometer.shots == (2 + 3) + (2 + 4)


def test_saturated_spectrum_is_scaled_from_a_shorter_exposure(built):
    readout = built()
    readout.exposure_s = 0.04
    assert readout.spectrum(np.ones(4)) == pytest.approx(np.full(5, 4e4))
    assert readout.counted["saturations"] == 1
    assert readout.spectrum(np.full(4, 0.1)) == pytest.approx(np.full(5, 4e3))
    assert readout.spectrometer.exposure_s == 0.04  # back at what was chosen


def test_saturation_at_the_shortest_exposure_is_refused(built, refusal):
    with refusal(pnn.DeviceError, "shortest exposure, 0.01 s", "filter"):
        built(saturation=0.3).spectrum(np.ones(4))


def test_slow_drift_is_followed_by_new_dark_frames(built):
    readout = built(drift=0.2, dark_frames=1, dark_drift=1e-3)
    for _ in range(20):
        error = readout.spectrum(np.zeros(4)) * 0.01
        assert np.abs(error).max() <= 1.0  # dark_drift of full scale
    assert 3 <= readout.counted["dark_drifts"] <= 6


def test_fast_drift_is_refused(built, refusal):
    with refusal(pnn.DeviceError, "6 times", "drifts", "dark_drift"):
        built(drift=20.0, dark_frames=1).spectrum(np.zeros(4))
