"""What a sound server does not have, and how it is told."""

import pytest
from pnn_acoustic.card.device import PlateDevice

import pnn_core as pnn


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"output": "plato"}, r"'plato', did you mean 'plate'.*\n.*plate, JACK"),
        ({"sample_rate_hz": 44.1e3}, r"44100 Hz.*\n.*48000 Hz"),
        ({"input_channel": 2}, "channel 2"),
    ],
)
def test_what_the_server_does_not_have_is_told(sound_bench, settings, told):
    with pytest.raises(pnn.SettingError, match=told):
        PlateDevice(**settings).open()


def test_doctor_lists_the_plate(sound_bench):
    assert any("plate, JACK" in line for line in PlateDevice.doctor())


def test_a_resampling_server_is_refused(pulse_bench):
    """Slow, two seconds of real time. It takes any rate without complaint."""
    with pytest.raises(pnn.DeviceError, match=r"asked for 96000 Hz.*resampled"):
        PlateDevice(sample_rate_hz=96e3).open()
