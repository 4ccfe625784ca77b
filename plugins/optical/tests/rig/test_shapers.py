"""What the shapers' drivers make of amplitudes."""

import numpy as np
import pytest
from pnn_optical.lab.device import ShgDevice
from pnn_optical.lab.grating import first_order
from pnn_optical.lab.mask import MaskSettings, MaskShaper
from pnn_optical.lab.slm import SlmSettings, SlmShaper

import pnn_core as pnn

AMPLITUDES = np.linspace(0, 1, 50)


@pytest.fixture
def simulated():
    """Return a function that opens a driver of slmsuite's simulated mask."""
    pytest.importorskip("slmsuite")

    def opened(pixels=50, driver="simulated.SimulatedSLM", **settings):
        options = {"resolution": [110, 36], "bitdepth": 10}
        settings = SlmSettings(driver=driver, options=options, **settings)
        shaper = SlmShaper(pixels, 0, settings, timeout_s=1.0)
        shaper.open()
        return shaper

    return opened


def test_phases_that_slmsuite_shows_diffract_the_amplitudes(simulated):
    shaper = simulated(first_column=5, period=12)
    shaper.show(AMPLITUDES)
    passed = first_order(shaper._slm.get_realized_phase(), 12)
    assert passed[:5] == pytest.approx(np.zeros(5), abs=1e-6)
    pairs = passed[5:105].reshape(50, 2)
    step = 2 * np.pi / 2**10  # of the phase, and at most its half is missing
    assert pairs == pytest.approx(np.stack([AMPLITUDES] * 2, 1), abs=step / 2)
    assert passed[105:] == pytest.approx(np.zeros(5), abs=1e-6)


def test_blocked_shaper_shows_one_phase_everywhere(simulated):
    shaper = simulated()
    shaper.show(AMPLITUDES)
    shaper.block()
    assert np.ptp(shaper._slm.display) == 0


def test_unknown_driver_is_refused(simulated, refusal):
    with refusal(pnn.SettingError, "'remote.RemoteSML'", "did you mean 'remote.Rem"):
        simulated(driver="remote.RemoteSML")


@pytest.mark.parametrize("top", [255, 4095])
def test_levels_follow_malus(top):
    shaper = MaskShaper(50, 0, MaskSettings(top_level=top), timeout_s=1.0)
    retardance = np.pi * shaper.levels(AMPLITUDES) / top
    # half a level is pi / 2 / top of the retardance, and a quarter of the amplitude
    assert np.sin(retardance / 2) == pytest.approx(AMPLITUDES, abs=np.pi / 4 / top)


@pytest.mark.parametrize("curve", [[0, 0.9], [0.1, 1], [0, 0.6, 0.5, 1]])
def test_retardance_that_cannot_be_inverted_is_refused(curve, refusal):
    with refusal(pnn.SettingError, "must rise from 0 to 1"):
        ShgDevice(shaper={"kind": "mask", "retardance": curve})


def test_crystals_that_are_not_linear_are_told_so():
    half_waves = np.linspace(0, 1, 101) ** 2
    settings = MaskSettings(retardance=list(half_waves), top_level=4095)
    levels = MaskShaper(50, 0, settings, timeout_s=1.0).levels(AMPLITUDES)
    expected = 4095 * np.sqrt(2 / np.pi * np.arcsin(AMPLITUDES))
    # between points of the table the root is a straight line
    assert levels == pytest.approx(expected, abs=1 + 4095 / 100 / 4)
