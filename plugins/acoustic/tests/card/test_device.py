"""What the driver plays, at a card that exists in numpy only."""

import numpy as np
import pytest
from pnn_acoustic.card.device import PlateDevice

import pnn_core as pnn


def test_voltages_above_the_loudspeakers_limits_are_never_played(plate):
    device = plate({"rms_limit_v": 0.5})
    count = len(device.stream.played)
    with pytest.raises(pnn.SignalError, match=r"0.5 V RMS \(rms_limit_v\)"):
        device.run(np.full((4, 196), 5, np.float32))
    device = plate({"limit_v": 2.0})
    with pytest.raises(pnn.SignalError, match=r"-2 to 2 V"):
        device.run(np.full((4, 196), 2.1, np.float32))
    assert count == len(device.stream.played) == 2


def test_a_fade_is_played_where_it_is_asked_for(plate):
    device = plate({"fade_samples": 20})
    device.run(np.full((1, 196), 5, np.float32))
    played = device.stream.played[-1]
    first = device.segment(1).starts[0]
    assert played[first] < 0.01
    assert played[first + 20 : first + 176] == pytest.approx(1.0)


def test_closing_closes_the_stream_and_so_does_an_interrupt(plate, volts):
    device = plate()
    stream = device.stream
    device.close()
    assert stream.closed
    device = plate()
    stream = device.stream
    stream.spoil = lambda heard, number: (_ for _ in ()).throw(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        device.run(volts(1))
    assert stream.closed
    assert not device.is_open


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"limit_v": 6.0}, "more than the amplifier gives"),
        ({"pilot_v": 2.0, "limit_v": 1.0}, "above limit_v"),
        ({"fade_samples": 99}, "leaves nothing"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(settings, told):
    with pytest.raises(pnn.SettingError, match=told):
        PlateDevice(**settings)


def test_signals_are_those_of_the_virtual_bench():
    from pnn_acoustic.bench import PlateBench

    for port in ("inputs", "params", "outputs"):
        assert getattr(PlateDevice(), port) == getattr(PlateBench(), port)
    assert PlateDevice.twin == PlateBench.name
