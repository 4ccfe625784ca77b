"""What goes wrong between driver and instruments, and how it ends."""

import socket
from time import monotonic

import numpy as np
import pytest

import pnn_core as pnn

PATTERNS = np.random.default_rng(0).uniform(0, 1, (3, 100)).astype(np.float32)
TIMEOUT_S = 0.5

pytestmark = pytest.mark.usefixtures("leaves_nothing")

LOST = [("shaper", "drop"), ("spectrometer", "drop"), ("spectrometer", "short")]
LOST += [("spectrometer", "cut")]


@pytest.mark.parametrize(("instrument", "fault"), LOST[:3])
def test_what_is_lost_once_is_asked_for_again(rig, shg, instrument, fault):
    with shg(rig, timeout_s=TIMEOUT_S) as device:
        wanted = device.run(PATTERNS)
        rig.provoke(instrument, fault)
        assert device.run(PATTERNS) == pytest.approx(wanted, abs=1e-4)
        assert rig.order()["faults_left"] == 0
        assert device.usage.examples == 6


@pytest.mark.parametrize(("instrument", "fault"), LOST)
def test_what_is_lost_again_and_again_is_an_error(rig, shg, refusal, instrument, fault):
    with shg(rig, timeout_s=TIMEOUT_S) as device:
        rig.provoke(instrument, fault, times=2 if fault != "cut" else 1)
        with refusal(pnn.DeviceError, instrument):
            device.run(PATTERNS)
        assert not device.is_open
    assert is_left_closed(rig)


@pytest.mark.parametrize("instrument", ["shaper", "spectrometer"])
def test_hung_instrument_ends_in_bounded_time(rig, shg, refusal, instrument):
    with shg(rig, timeout_s=TIMEOUT_S, retries=0) as device:
        rig.provoke(instrument, "hang")
        start = monotonic()
        with refusal(pnn.DeviceError, instrument):
            device.run(PATTERNS)
        assert TIMEOUT_S <= monotonic() - start < 2 * TIMEOUT_S + 2
    assert is_left_closed(rig)


def test_shaper_that_cannot_be_closed_is_named(rig, shg):
    with shg(rig, timeout_s=TIMEOUT_S, retries=0) as device:
        device.run(PATTERNS)
        rig.provoke("shaper", "hang", times=2)
        with pytest.raises(pnn.DeviceError) as caught:
            device.run(PATTERNS)
    (note,) = caught.value.__notes__
    assert "could not be made safe" in note
    assert "block the beam" in note
    assert rig.order()["clients"] == {"shaper": 0, "spectrometer": 0}


@pytest.mark.parametrize("instrument", ["shaper", "spectrometer"])
def test_instrument_error_is_told_and_the_shaper_closed(rig, shg, refusal, instrument):
    with shg(rig, retries=0) as device:
        rig.provoke(instrument, "error")
        with refusal(pnn.DeviceError, instrument):
            device.run(PATTERNS)
    assert is_left_closed(rig)
    shg(rig).open().close()


@pytest.mark.parametrize("instrument", ["shaper", "spectrometer"])
def test_refused_connection_says_which(rig, shg, refusal, instrument):
    settings = rig.settings()[instrument]
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        was, now = rig.ports[instrument], unused.getsockname()[1]
        moved = eval(repr(settings).replace(str(was), str(now)))
        with refusal(pnn.DeviceError, instrument, str(now), "address"):
            shg(rig, **{instrument: moved}).open()


def test_device_that_failed_can_be_opened_again(rig, shg):
    device = shg(rig, retries=0)
    with device:
        rig.provoke("spectrometer", "drop")
        with pytest.raises(pnn.DeviceError):
            device.run(PATTERNS)
    with device:
        device.run(PATTERNS)


def is_left_closed(rig):
    """Return whether the shaper passes nothing, and nobody is connected."""
    state = rig.order()
    nobody = {"shaper": 0, "spectrometer": 0}
    return state["open"] < 1e-9 and state["clients"] == nobody
