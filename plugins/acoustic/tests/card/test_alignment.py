import numpy as np
import pytest
from pnn_acoustic.card.alignment import (
    arrival,
    chirp,
    impulse_response,
    noise_of,
    onset,
)


def ringing(lag, samples=400, period=20.0, decay=60.0):
    """A response that begins at `lag`, and peaks only half a period later."""
    after = np.arange(samples) - lag + 1
    rise = 1 - np.exp(-np.maximum(after, 0) / 5)
    return (after > 0) * rise * np.exp(-after / decay) * np.sin(np.pi * after / period)


def delayed(wave, samples, size):
    """A band-limited shift, by the shift theorem; the wave must fit in the size."""
    spectrum = np.fft.rfft(wave, size)
    turn = np.exp(-2j * np.pi * np.arange(len(spectrum)) * samples / size)
    return np.fft.irfft(spectrum * turn, size)


def test_chirp_holds_all_frequencies_in_equal_parts():
    power = np.abs(np.fft.rfft(chirp(960), 1920)) ** 2
    octaves = [power[2**k : 2 ** (k + 1)].mean() for k in range(5, 9)]
    assert max(octaves) / min(octaves) < 1.25  # 1 dB; the fades cost the outermost
    assert power[4:-4].min() > 0.1 * power.mean()


def test_chirp_has_unit_peak_and_fades_at_both_ends():
    wave = chirp(960)
    assert np.abs(wave).max() == pytest.approx(1)
    assert np.abs(wave[[0, -1]]).max() < 0.01


def test_division_of_spectra_undoes_a_convolution():
    response = ringing(30)
    played = np.concatenate([chirp(960), np.zeros(1440)])
    recorded = np.convolve(played, response)[: len(played)]
    found = impulse_response(recorded, played)
    assert found[: len(response)] == pytest.approx(response, abs=0.02)


@pytest.mark.parametrize("lag", [0, 1, 57, 300])
def test_onset_is_where_the_response_begins_not_where_it_peaks(lag):
    rng = np.random.default_rng(lag)
    response = ringing(lag, 2000)
    noisy = response + 2e-3 * rng.standard_normal(len(response))
    assert np.abs(response).argmax() >= lag + 5
    assert onset(noisy, 2e-3) == np.argmax(np.abs(response) > 0.1 * response.max())
    assert onset(response, 0.0) - lag in (0, 1, 2)


def test_noise_is_told_in_spite_of_a_few_loud_values():
    rng = np.random.default_rng(0)
    response = 3e-3 * rng.standard_normal(20_000)
    response[500:600] += 1.0
    assert noise_of(response) == pytest.approx(3e-3, rel=0.03)


@pytest.mark.parametrize("shift", [-40.0, -7.3, 0.0, 0.5, 12.25, 40.0])
def test_arrival_is_found_to_a_hundredth_of_a_sample(shift):
    template = np.concatenate([np.convolve(chirp(960), ringing(0))[:1200], [0] * 40])
    recorded = delayed(np.pad(template, 50), shift, len(template) + 100)
    recorded += 1e-3 * np.random.default_rng(1).standard_normal(len(recorded))
    found, fit = arrival(recorded, template, 50)
    assert found == pytest.approx(shift, abs=0.01)
    assert fit > 0.98


def test_fit_is_a_correlation():
    template = chirp(960)
    noise = np.random.default_rng(0).standard_normal(1060)
    assert arrival(np.pad(0.01 * template, 50), template, 50)[1] == pytest.approx(1)
    assert arrival(noise, template, 50)[1] < 0.25  # 8 deviations of 1 / sqrt(960)
    loud = np.pad(template, 50) + template.std() * noise  # signal as loud as noise
    assert arrival(loud, template, 50)[1] == pytest.approx(0.5**0.5, abs=0.05)


def test_silence_fits_nothing():
    assert arrival(np.zeros(1060), chirp(960), 50)[1] == pytest.approx(0, abs=1e-6)
