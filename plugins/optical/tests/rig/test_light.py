"""What light does to a measurement: too much, too late, or in the dark."""

import numpy as np
import pytest

import pnn_core as pnn

PATTERNS = np.random.default_rng(0).uniform(0, 1, (3, 100)).astype(np.float32)
OPEN = np.ones((1, 100), np.float32)

pytestmark = pytest.mark.usefixtures("leaves_nothing")


def test_exposure_fills_the_scale_as_far_as_it_shall(mask_rig, shg):
    with shg(mask_rig) as device:
        device.run(OPEN)
        fullest = device.spectrometer.counts().max() / 65535
        assert fullest == pytest.approx(0.7, abs=0.15)
        assert device.run(OPEN).max() == pytest.approx(1, abs=1e-3)


def test_saturated_spectrum_is_taken_again_with_a_shorter_exposure(mask_rig, shg):
    with shg(mask_rig) as device:
        wanted = device.run(np.concatenate([PATTERNS, OPEN]))
    with shg(
        mask_rig, fixed_exposure_s=0.04
    ) as device:  # 2.5 times what the scale holds
        measured = device.run(np.concatenate([PATTERNS, OPEN]))
    assert device.record()["saturations"] == 17  # 16 references, and the last pattern
    assert measured == pytest.approx(wanted, abs=2e-4)


def test_light_that_saturates_every_exposure_is_refused(mask_rig, shg, refusal):
    mask_rig.order(laser=6.0)
    with refusal(pnn.DeviceError, "saturates", "0.006 s", "filter"):
        shg(mask_rig).open()
    assert mask_rig.order()["open"] == 0


def test_laser_that_has_become_brighter_is_named(mask_rig, shg, refusal):
    with shg(mask_rig) as device:
        mask_rig.order(laser=1.6)
        with refusal(pnn.DeviceError, "1.6 times the brightest"):
            device.run(OPEN)
    assert mask_rig.order()["open"] == 0


def test_missing_light_is_named(mask_rig, shg, refusal):
    mask_rig.order(laser=0.0)
    with refusal(pnn.DeviceError, "had not settled", "laser", "longest_settle_s"):
        shg(mask_rig, longest_settle_s=0.1).open()


def test_drifted_dark_level_is_found_and_measured_anew(rig, shg):
    with shg(rig) as device:
        wanted = device.run(PATTERNS)
        before = device.record()
        rig.order(dark_level=0.01)
        measured = device.run(PATTERNS)
        after = device.record()
    assert measured == pytest.approx(wanted, abs=1e-4)  # 0.01 without a new dark frame
    assert after["dark_drifts"] == before["dark_drifts"] + 1
    assert after["dark_frames"] == before["dark_frames"] + 1


def test_dark_frame_is_taken_anew_when_it_is_old(mask_rig, shg):
    with shg(mask_rig, dark_every_s=1e-6, dark_frames=1) as device:
        before = device.record()["dark_frames"]
        device.run(PATTERNS)
        assert device.record()["dark_frames"] >= before + 3


def test_settle_time_that_is_too_short_is_refused_with_what_is_needed(
    mask_rig, shg, refusal
):
    mask_rig.order(tau_s=1e-2)
    with refusal(pnn.DeviceError, "settles in about", "lengthen_settle") as caught:
        shg(mask_rig, settle_s=16e-3).open()
    mask_rig.order(tau_s=2e-4)
    needed_s = float(str(caught.value).split("Set settle_s = ")[1].split(",")[0])
    assert needed_s in (0.032, 0.064)  # (1 - exp(-t/tau))^4 is within 2 % at 5.3 tau
    assert mask_rig.order()["open"] == 0


def test_settle_time_is_lengthened_where_it_may_be(mask_rig, shg):
    with shg(mask_rig) as device:
        wanted = device.run(PATTERNS)
    mask_rig.order(tau_s=1e-2)
    with shg(mask_rig, settle_s=16e-3, lengthen_settle=True) as device:
        measured = device.run(PATTERNS)
    mask_rig.order(tau_s=2e-4)
    assert device.record()["settle_s"] in (0.032, 0.064)
    assert measured == pytest.approx(wanted, abs=0.02 * float(wanted.max()))
