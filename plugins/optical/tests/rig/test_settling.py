"""The settling time, on shapers whose time constants are known."""

import numpy as np
import pytest
from pnn_optical.lab.settling import settling_time

import pnn_core as pnn


@pytest.fixture
def exponential(monkeypatch):
    """Return a function that builds a shaper, and let time pass by itself."""
    now = [0.0]
    monkeypatch.setattr("time.sleep", lambda s: now.__setitem__(0, now[0] + s))
    monkeypatch.setattr("time.monotonic", lambda: now[0])

    def build(tau_s, noise=0.0, offset=0.0):
        rng = np.random.default_rng(0)
        state = [0.0, 0.0, 0.0]  # came from, goes to, since

        def amplitude():
            left = np.exp(-(now[0] - state[2]) / tau_s)
            return state[1] + left * (state[0] - state[1])

        def show(transmission):
            state[:] = amplitude(), transmission, now[0]

        def look():
            seen = 1e5 * amplitude() ** 4 + offset + noise * rng.standard_normal()
            now[0] += 1e-3
            return seen

        return show, look

    return build


def needed(shaper, settle_s, tolerance=0.02, longest_s=2.0):
    return settling_time(
        *shaper, settle_s=settle_s, longest_s=longest_s, tolerance=tolerance
    )


@pytest.mark.parametrize("tau_s", [1e-4, 1e-3, 1e-2, 0.1])
def test_time_is_the_first_doubling_that_suffices(exponential, tau_s):
    enough_s = -tau_s * np.log(1 - 0.98**0.25)  # light goes with the fourth power
    assert needed(exponential(tau_s), 0.9 * enough_s) == pytest.approx(1.8 * enough_s)
    assert needed(exponential(tau_s), 1.1 * enough_s) == pytest.approx(1.1 * enough_s)


def test_no_wait_is_enough_for_a_shaper_that_is_faster_than_a_spectrum(exponential):
    assert needed(exponential(1e-9), 1e-6) == 1e-6


def test_noise_is_not_taken_for_settling(exponential):
    assert needed(exponential(1e-3, noise=3e3), 0.01) == 0.01


def test_wrong_dark_frame_does_not_matter(exponential):
    assert needed(exponential(1e-3, offset=-2e4), 0.01) == 0.01


def test_slow_start_is_not_taken_for_darkness(exponential):
    assert needed(exponential(0.1), 1e-3) in (0.512, 1.024)


def test_shaper_that_does_not_settle_in_time_is_refused(exponential):
    with pytest.raises(pnn.DeviceError, match="longest_settle_s"):
        needed(exponential(10.0), 1e-3)
