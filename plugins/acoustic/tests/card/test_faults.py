import numpy as np
import pytest
from pnn_acoustic.card import faults

NOISE_V = 2e-3
LAGS = np.arange(600)
RESPONSE = 0.05 * np.exp(-LAGS / 80) * np.cos(0.3 * LAGS)
GUARD = 800


def examples(batch=30, seed=0):
    return np.random.default_rng(seed).uniform(-5, 5, (batch, 196))


def recording(played, seed=1):
    """Play examples one after the other, a guard apart, to a saturating rig."""
    waveform = np.pad(played, ((0, 0), (0, GUARD))).ravel()
    heard = np.tanh(np.convolve(waveform, RESPONSE)[: len(waveform)])
    noise = np.random.default_rng(seed).standard_normal(len(heard))
    return heard + NOISE_V * noise


def cut(recorded, lag=0, delay=48):
    """Return the records [example, sample] of a recording."""
    padded = np.concatenate([recorded, np.zeros(GUARD)])
    starts = np.arange(0, len(recorded), 196 + GUARD)
    return padded[starts[:, None] + lag + delay + np.arange(196)]


def misfits(recorded, played, lag=0):
    expected = faults.predicted(played, RESPONSE, 48)
    return faults.misfit(cut(recorded, lag), expected, NOISE_V)


@pytest.mark.parametrize("delay", [0, 48, 500])
def test_prediction_is_the_convolution(delay):
    played = examples(4)
    exact = [np.convolve(row, RESPONSE)[delay : delay + 196] for row in played]
    assert faults.predicted(played, RESPONSE, delay) == pytest.approx(np.array(exact))


def test_a_saturating_rig_is_not_odd():
    played = examples()
    assert not faults.odd(misfits(recording(played), played)).any()


@pytest.mark.parametrize("level", [0.0, 1e-3, 0.1])
def test_quiet_examples_are_not_odd_but_a_click_in_them_is(level):
    played = level * examples()
    recorded = recording(played)
    assert not faults.odd(misfits(recorded, played)).any()
    recorded[7 * (196 + GUARD) + 100] += 1.0
    assert np.flatnonzero(faults.odd(misfits(recorded, played))).tolist() == [7]


def test_a_pause_within_an_example_is_odd_there_only():
    """The card stops and goes on later: no shift, but one record is torn."""
    played = examples()
    waveform = np.pad(played, ((0, 0), (0, GUARD))).ravel()
    at = 11 * (196 + GUARD) + 90
    paused = np.concatenate([waveform[:at], np.zeros(256), waveform[at:]])
    heard = np.tanh(np.convolve(paused, RESPONSE))
    recorded = np.concatenate([heard[:at], heard[at + 256 :]])[: len(waveform)]
    odd = faults.odd(misfits(recorded, played))
    assert np.flatnonzero(odd).tolist() == [11]


@pytest.mark.parametrize("lost", [1, 2, 17, 150])
@pytest.mark.parametrize("victim", [0, 12, 29])
@pytest.mark.parametrize("place", [-400, 100, 220])
def test_samples_removed_at_a_known_place_are_found(lost, victim, place):
    """Up to the victim all is kept; from the next on, all is measured again.

    Before its record, between its samples, and near its end.
    """
    played, recorded = examples(), recording(examples())
    at = max(victim * (196 + GUARD) + place, 0)
    torn = np.concatenate([recorded[:at], recorded[at + lost :], np.zeros(lost)])
    others = [misfits(torn, played, lag) for lag in {-1, 1, -lost}]
    kept = faults.unshifted(misfits(torn, played), *others).sum()
    assert kept in (victim, victim + (place > 200))


def test_silence_in_place_of_a_loud_record_is_odd_and_stuck():
    played, recorded = examples(), recording(examples())
    at = 5 * (196 + GUARD)
    recorded[at : at + 500] = 0
    assert np.flatnonzero(faults.odd(misfits(recorded, played))).tolist() == [5]
    assert np.flatnonzero(faults.stuck(cut(recorded), NOISE_V)).tolist() == [5]


def test_noise_of_two_steps_never_stands_still_and_a_short_gap_does():
    noise = np.random.default_rng(0).standard_normal((1000, 196)) * 2 * 2**-15
    records = np.rint(noise * 2**15) / 2**15
    assert not faults.stuck(records, 2 * 2**-15).any()
    records[3, :16], records[8, -16:], records[9, :15] = 0.1, records[8, -16], 0.2
    assert np.flatnonzero(faults.stuck(records, 2 * 2**-15)).tolist() == [3, 8]


def test_a_noiseless_converter_may_stand_still():
    assert not faults.stuck(np.zeros((2, 196)), 1e-6).any()


def test_clipping_is_full_scale_of_either_sign_beyond_the_share():
    records = np.zeros((4, 100))
    records[1, :2], records[2, :3], records[3, :5] = 1.0, -1.0, 1 - 2**-15
    assert faults.clipped(records, 0.02).tolist() == [False, False, True, True]


def test_a_measurement_repeats_itself_and_not_another():
    first, second = (cut(recording(examples(), seed)) for seed in (1, 2))
    assert faults.repeats(first, second, NOISE_V).all()
    assert not faults.repeats(first, second[::-1], NOISE_V)[:15].any()
    assert not faults.repeats(first, np.full_like(first, np.nan), NOISE_V).any()
