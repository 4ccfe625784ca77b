"""Calibration at a card that exists in numpy only."""

import json

import numpy as np
import pytest
from pnn_acoustic.card.device import PlateDevice

import pnn_core as pnn


def test_calibration_recovers_what_the_card_was_made_of(plate, rig):
    timing = plate({"pilot_v": 0.3}).timing  # quiet enough not to saturate
    assert timing.latency_samples == rig.latency
    assert timing.jitter_samples < 0.01
    assert timing.noise_v == pytest.approx(rig.noise_v, rel=0.02)
    assert timing.gain == pytest.approx(np.linalg.norm(rig.response), rel=0.02)
    assert timing.rate_hz == pytest.approx(48e3)


def test_effective_bits_of_an_ideal_converter_are_its_bits(plate):
    """The error of rounding to steps q is q / sqrt(12)."""
    step_v = 2.0 / 2**10
    timing = plate(noise_v=step_v / 12**0.5).timing
    assert timing.effective_bits == pytest.approx(10, abs=0.05)


def test_a_latency_beyond_the_limit_is_an_error_that_says_so(plate):
    with pytest.raises(pnn.DeviceError, match=r"does not hear.*within 0.1 s"):
        plate({"latency_limit_s": 0.1}, latency=9000)


def test_chirps_out_of_rhythm_are_an_error(plate):
    def spoil(heard, number):
        return np.roll(heard, 1000 * number) if number % 2 else heard

    def jumping(heard, number):
        half = len(heard) // 2
        return np.concatenate([heard[:half], np.roll(heard[half:], 50)])

    with pytest.raises(pnn.DeviceError, match=r"out of rhythm.*4 times"):
        plate(spoil=jumping)


@pytest.mark.parametrize(("actual_hz", "told"), [(44.1e3, "44100"), (96e3, "96000")])
def test_a_clock_at_another_rate_is_noticed(plate, actual_hz, told):
    with pytest.raises(pnn.DeviceError, match=f"asked for 48000 Hz.*{told} Hz by"):
        plate(rate_hz=actual_hz)


def test_a_failed_calibration_leaves_nothing_open(plate, monkeypatch, rig):
    cards = []
    monkeypatch.setattr(rig, "close", lambda self: cards.append(self))
    with pytest.raises(pnn.DeviceError, match="does not hear"):
        plate(response=np.zeros(2000))
    assert len(cards) == 1


def test_the_timing_is_recorded_and_written(plate, tmp_path, rig):
    device = plate({"timing_path": tmp_path / "timing.json"})
    device.close()
    record = json.loads(json.dumps(device.record()))
    assert record["timing"]["latency_samples"] == rig.latency
    assert json.loads((tmp_path / "timing.json").read_text()) == record["timing"]
    assert PlateDevice().record() == {}


def test_full_scales_translate_volts(plate, rig):
    scales = {"output_full_scale_v": 10.0, "input_full_scale_v": 2.0}
    device = plate(scales | {"pilot_v": 0.3})
    device.run(np.full((1, 196), 5, np.float32))
    assert np.abs(device.stream.played[-1]).max() == pytest.approx(0.5)
    assert device.outputs.high == 2.0
    assert device.timing.gain == pytest.approx(np.linalg.norm(rig.response), rel=0.02)
