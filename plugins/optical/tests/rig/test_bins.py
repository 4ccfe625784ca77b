"""Pixels into bins that divide a band evenly in frequency."""

import numpy as np
import pytest
from pnn_optical.lab.bins import Bins
from pnn_optical.schematic import Spectrometer

import pnn_core as pnn

HALF_THZ = Spectrometer().span_hz / 2e12
CENTRE_THZ = 2 * 299792.458 / 780
EDGES_THZ = CENTRE_THZ + np.array([-HALF_THZ, HALF_THZ])


def pixels_nm(count, beyond_thz):
    """Return evenly spaced wavelengths, a little beyond the band on both sides."""
    red, blue = EDGES_THZ + np.array([-beyond_thz, beyond_thz])
    return np.linspace(299792.458 / blue, 299792.458 / red, count)


def test_bins_rise_with_the_frequency_and_hold_its_mean():
    wavelengths = pixels_nm(3000, 1.0)
    frequency = 299792.458 / wavelengths
    width = 2 * HALF_THZ / 60
    middles = EDGES_THZ[0] + width * (np.arange(60) + 0.5)
    means = Bins(wavelengths, 60).mean(frequency)
    assert means == pytest.approx(middles, abs=width / 50)


def test_pixels_well_beyond_the_band_are_unlit():
    wavelengths = pixels_nm(3000, 1.0)
    frequency = 299792.458 / wavelengths
    bins = Bins(wavelengths, 60)
    outside = np.abs(frequency - CENTRE_THZ) - HALF_THZ
    assert not (bins.unlit & bins.lit).any()
    assert (bins.unlit == (outside > HALF_THZ / 30)).all()
    assert bins.shows_drift
    assert not Bins(pixels_nm(3000, 0.01), 60).shows_drift


@pytest.mark.parametrize(
    "wavelengths", [pixels_nm(50, 0.1), np.linspace(500, 600, 999)]
)
def test_bin_without_a_pixel_is_refused(wavelengths, refusal):
    with refusal(pnn.DeviceError, "of the 60 bins", "no pixel", "finer grating"):
        Bins(wavelengths, 60)
