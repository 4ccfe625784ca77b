"""The device: what the bench computes, measured through real protocols."""

import numpy as np
import pytest
from pnn_optical.bench import ShgBench

import pnn_core as pnn

QUIET = {"shot_noise": 0.0, "read_noise_electrons": 0.0, "laser_noise": 0.0}

pytestmark = pytest.mark.usefixtures("leaves_nothing")


@pytest.fixture(scope="module")
def patterns():
    """Return patterns between nothing and every pixel open."""
    rng = np.random.default_rng(1)
    smooth = np.cumsum(rng.standard_normal((5, 100)), 1)
    smooth = (smooth - smooth.min(1)[:, None]) / np.ptp(smooth, 1)[:, None]
    return np.concatenate([smooth, np.ones((1, 100))]).astype(np.float32)


def test_outputs_are_the_benchs_up_to_quantisation(rig, shg, patterns):
    with shg(rig) as device, ShgBench(**QUIET, adc_bits=16) as bench:
        measured, expected = device.run(patterns), bench.run(patterns)
    # the shaper's steps are 1/1023 of an amplitude, which enters with its square
    assert measured == pytest.approx(expected, abs=2e-3)
    gap = np.linalg.norm(measured - expected) / np.linalg.norm(expected)
    assert gap < 2e-3


def test_channels_run_one_after_the_other(rig, shg, patterns):
    with shg(rig) as device:
        alone = device.run(patterns)
    with shg(rig, channels=2) as device:
        pairs = device.run(patterns.reshape(3, 2, 100))
    assert pairs.shape == (3, 2, 100)
    assert pairs.reshape(6, 100) == pytest.approx(alone, abs=1e-4)


def test_blue_first_turns_the_shaper_round(mask_rig, shg, patterns):
    with shg(mask_rig) as device:
        wanted = device.run(patterns[:, ::-1].copy())
    with shg(mask_rig, blue_first=True) as device:
        assert device.run(patterns) == pytest.approx(wanted, abs=1e-4)


def test_a_batch_is_a_pattern_and_a_spectrum_per_example(mask_rig, shg, patterns):
    with shg(mask_rig, averages=3) as device:
        before = mask_rig.order()
        device.run(patterns)
        after = mask_rig.order()
    assert after["patterns"] - before["patterns"] == 6
    assert after["shots"] - before["shots"] == 18


def test_too_few_columns_are_refused(rigs, shg, refusal):
    rig = rigs("slm")
    settings = rig.settings()["shaper"] | {"columns": 3}
    with refusal(pnn.SettingError, "200 columns", "300", "shaper.first_column"):
        shg(rig, shaper=settings).open()


def test_other_number_of_pixels_than_the_mask_has_is_refused(mask_rig, shg, refusal):
    with refusal(pnn.DeviceError, "-161", "100 levels expected"):
        shg(mask_rig, pixels=50).open()


def test_record_says_what_was_measured_with(mask_rig, shg):
    with shg(mask_rig) as device:
        pass
    record = device.record()
    assert record["spectrometer"] == "HDX HDX-BENCH"
    assert record["exposure_s"] == pytest.approx(0.0112, rel=0.2)
    assert record["settle_s"] == pytest.approx(2e-3)
    assert record["dark_frames"] == 3  # the first before the shaper was known
