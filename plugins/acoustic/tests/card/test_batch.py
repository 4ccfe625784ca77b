"""Batches at a card that exists in numpy only, and fails when it is told to."""

import numpy as np
import pytest

import pnn_core as pnn


@pytest.mark.parametrize("latency", [0, 1, 5000, 80_000])
def test_a_batch_is_aligned_to_the_sample_whatever_the_latency(
    plate, latency, volts, rig
):
    inputs = volts(20)
    outputs = plate(latency=latency).run(inputs)
    assert rig.errors_v(outputs, inputs).max() < 1.3 * rig.noise_v
    assert (
        np.corrcoef((outputs - rig.exact(inputs)).ravel(), outputs.ravel())[0, 1] < 0.05
    )


def test_a_long_batch_is_split_into_bounded_waveforms(plate, volts, rig):
    device, inputs = plate({"segment_s": 0.5}), volts(50)
    outputs = device.run(inputs)
    lengths = [len(waveform) for waveform in device.stream.played[2:]]
    assert len(lengths) > 5
    assert max(lengths) <= 0.5 * 48e3
    assert rig.errors_v(outputs, inputs).max() < 1.3 * rig.noise_v


def test_samples_lost_in_a_batch_cost_what_follows_and_nothing_else(plate, volts, rig):
    def spoil(heard, number):
        at = 6760 + 8 * 2596  # a guard before example 7 of the first batch
        lost = np.concatenate([heard[:at], heard[at + 30 :], np.zeros(30)])
        return lost if number == 2 else heard

    device, inputs = plate(spoil=spoil), volts(20)
    assert rig.errors_v(device.run(inputs), inputs).max() < 1.3 * rig.noise_v
    assert 0 < device.remeasured < 15
    assert device.calibrations == 1


def test_a_stream_that_slipped_is_followed(plate, volts, rig):
    shift = {"now": 0}
    device = plate(spoil=lambda heard, number: np.roll(heard, shift["now"]))
    inputs = volts(3)
    for shift["now"] in (37, 400, -200):
        assert rig.errors_v(device.run(inputs), inputs).max() < 1.3 * rig.noise_v
        assert device.timing.latency_samples == rig.latency + shift["now"]
    assert (device.calibrations, device.remeasured) == (1, 0)


def test_a_pilot_that_no_longer_fits_calls_for_a_calibration(plate, volts, rig):
    far = {"now": 0}
    device = plate(spoil=lambda heard, number: np.roll(heard, far["now"]))
    far["now"], inputs = 5000, volts(3)
    assert rig.errors_v(device.run(inputs), inputs).max() < 1.3 * rig.noise_v
    assert device.timing.latency_samples == rig.latency + 5000
    assert device.calibrations == 2


def test_what_never_works_ends_with_the_examples_named(plate, volts):
    def spoil(heard, number):
        if number >= 2:
            starts = np.flatnonzero(heard > 0.999)  # the marked example, see below
            heard[starts] = 1.0
        return heard

    device = plate({"retries": 2, "clipped_share": 0.0}, spoil=spoil)
    inputs = 0.2 * volts(12)
    inputs[[4, 5, 9]] = 5.0 * np.cos(0.3 * np.arange(196))  # resonant: full scale
    with pytest.raises(pnn.DeviceError, match=r"3 of 12.*3 attempts.*clipped: 4-5, 9"):
        device.run(inputs)
    assert not device.is_open


def test_an_odd_answer_that_repeats_is_physics(plate, volts, rig):
    """A hard limit far below full scale, which no linear plate would show."""
    settings = {"pilot_v": 0.2}  # stays below the limit
    device = plate(settings, spoil=lambda heard, number: heard.clip(-0.15, 0.15))
    inputs = volts(6)
    outputs = device.run(inputs)
    assert outputs == pytest.approx(rig.exact(inputs).clip(-0.15, 0.15), abs=0.01)
    assert device.remeasured > 0  # it was not believed at once


def test_distortion_that_was_repeated_once_is_believed_and_a_pause_in_it_is_not(
    plate, volts, rig
):
    """A limit that a linear plate would exceed four times."""
    pause = {"in": -1}

    def spoil(heard, number):
        if number == pause["in"]:
            at = 2 * 2400 + 960 + rig.latency + 48 + 2 * 2596  # example 2
            heard[at : at + 150] = heard[at - 150 : at]
        return heard.clip(-0.15, 0.15)

    device = plate({"pilot_v": 0.2}, spoil=spoil)
    first, second = volts(30), volts(6, seed=1)
    device.run(first)
    learnt = device.remeasured
    expected = device.run(second)
    assert device.remeasured == learnt > 0
    pause["in"] = len(device.stream.played)
    assert device.run(second) == pytest.approx(expected, abs=0.02)
    assert device.remeasured == learnt + 1


def test_stopped_by_a_silent_microphone_with_a_way_out(plate, volts):
    mute = {"from": 10**9}

    def spoil(heard, number):
        return heard * (number < mute["from"]) + 1e-5

    device = plate(spoil=spoil)
    mute["from"] = 2
    with pytest.raises(pnn.DeviceError, match=r"does not hear its chirp[^\n]*\n  Is"):
        device.run(volts(2))
