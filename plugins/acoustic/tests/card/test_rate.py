"""At which rate a card runs: told from clocks, and from what is not heard."""

import numpy as np
import pytest
from pnn_acoustic.card.band import resampled_from_hz
from pnn_acoustic.card.timing import clock_rate_hz

LAGS = np.arange(4000)
NOISE = 1e-5 * np.random.default_rng(0).standard_normal(len(LAGS))


def low_passed(response, cut):
    """Keep what is below `cut` of the sample rate, with a window of 1025 taps."""
    n = np.arange(-512, 513)
    taps = 2 * cut * np.sinc(2 * cut * n) * np.kaiser(1025, 9)
    wrapped = np.zeros(len(response))
    wrapped[n] = taps
    return np.fft.irfft(np.fft.rfft(response) * np.fft.rfft(wrapped))


@pytest.mark.parametrize("lower_hz", [16e3, 32e3, 48e3])
def test_a_resampler_is_known_by_what_it_leaves_out(lower_hz):
    response = np.exp(-LAGS / 3)  # holds all frequencies
    heard = low_passed(response, 0.48 * lower_hz / 96e3) + NOISE
    assert resampled_from_hz(response + NOISE, 96e3) is None
    assert resampled_from_hz(heard, 96e3) == lower_hz


@pytest.mark.parametrize("order", [1, 2])
def test_a_dull_plate_is_no_resampler(order):
    """First or second order, at 3 kHz: it falls by 3 or 6 dB in a quarter octave."""
    response = LAGS ** (order - 1) * np.exp(-LAGS / 2.5)
    assert resampled_from_hz(response + NOISE, 48e3) is None


def marks(rate_hz, library=1.0, seconds=2.0, block=512):
    """Blocks that arrive up to 20 ms late, as a sound server's do."""
    samples = np.arange(0, seconds * rate_hz, block)
    late = np.random.default_rng(0).uniform(0, 0.02, len(samples))
    clock = 1e3 + samples / rate_hz + late
    return np.stack([clock, 7e5 + samples, 50 + library * (clock - 1e3)], axis=1)


@pytest.mark.parametrize("rate_hz", [44.1e3, 48e3, 96e3])
def test_the_rate_is_told_to_a_percent_from_late_blocks(rate_hz):
    assert clock_rate_hz(marks(rate_hz), 48e3) == pytest.approx(rate_hz, rel=0.01)


def test_a_server_that_runs_free_has_no_rate():
    assert clock_rate_hz(marks(50 * 48e3, library=50.0), 48e3) is None
    assert clock_rate_hz(marks(50 * 48e3), 48e3) is None
    assert clock_rate_hz(marks(48e3, library=0.02), 48e3) is None
