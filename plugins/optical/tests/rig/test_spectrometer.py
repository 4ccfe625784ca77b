"""The spectrometer's driver: seabreeze as it is, against the virtual HDX."""

from time import monotonic

import numpy as np
import pytest
from pnn_optical.lab.spectrometer import OceanSettings, Spectrometer
from pnn_optical.schematic import Spectrometer as Band

import pnn_core as pnn

pytestmark = pytest.mark.usefixtures("leaves_nothing")


@pytest.fixture
def spectrometer(mask_rig):
    """Open the rig's spectrometer; its shaper is closed."""
    settings = OceanSettings(**mask_rig.settings()["spectrometer"])
    spectrometer = Spectrometer(settings, timeout_s=0.3, retries=0)
    spectrometer.open()
    yield spectrometer
    spectrometer.close()


def test_instrument_says_what_it_is(spectrometer):
    assert spectrometer.serial == "HDX-BENCH"
    assert spectrometer.full_scale == 65535
    assert spectrometer.exposure_limits_s == pytest.approx((6e-3, 10), rel=1e-6)
    assert len(spectrometer.wavelengths_nm) == len(spectrometer.counts()) == 2068


def test_wavelengths_divide_the_band_evenly_in_frequency(spectrometer):
    frequency_thz = 299792.458 / spectrometer.wavelengths_nm
    step = np.diff(frequency_thz)
    assert step == pytest.approx(
        np.full(2067, -Band().span_hz / 2000e12), rel=0.02
    )  # float32, nm
    assert frequency_thz.mean() == pytest.approx(2 * 299792.458 / 780, abs=1e-3)


def test_dark_level_grows_with_the_exposure(spectrometer):
    level = []
    for exposure_s in (0.1, 0.2):
        spectrometer.expose(exposure_s)
        level.append(spectrometer.counts()[:20].mean())
    base, step = 65535 * 0.02, 65535 * 0.98 * 2e4 * 0.1 / 1e5  # of a full well
    assert level == pytest.approx([base + step, base + 2 * step], rel=1e-3)


def test_exposure_beyond_the_limits_is_refused(spectrometer, refusal):
    with refusal(pnn.DeviceError, "HDX", "Integration not in"):
        spectrometer.expose(1e-6)


def test_refused_command_is_not_taken_for_a_done_one(mask_rig, spectrometer, refusal):
    mask_rig.provoke("spectrometer", "error")
    with refusal(pnn.DeviceError, "HDX", "not ready", "OBP 7"):
        spectrometer.expose(0.1)


def test_trigger_starts_the_exposure(mask_rig, refusal):
    address = mask_rig.settings()["spectrometer"]
    settings = OceanSettings(**address, trigger_mode=1)
    spectrometer = Spectrometer(settings, timeout_s=0.3, retries=0)
    spectrometer.open()
    mask_rig.order(trigger=True)
    assert len(spectrometer.counts()) == 2068
    with refusal(pnn.DeviceError, "trigger_mode = 1", "check its trigger"):
        spectrometer.counts()
    spectrometer.close()


def test_time_limit_does_not_grow_with_every_spectrum(mask_rig, spectrometer):
    spectrometer.expose(0.2)
    for _ in range(20):
        spectrometer.counts()
    mask_rig.provoke("spectrometer", "hang")
    start = monotonic()
    with pytest.raises(pnn.DeviceError):
        spectrometer.counts()
    assert monotonic() - start < 0.3 + 0.2 + 1  # seabreeze's own is beyond 4 s by now


def test_no_spectrometer_on_usb_is_said(refusal):
    spectrometer = Spectrometer(OceanSettings(), timeout_s=0.3, retries=0)
    with refusal(pnn.DeviceError, "spectrometer on USB"):
        spectrometer.open()
