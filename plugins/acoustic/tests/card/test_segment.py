import numpy as np
import pytest
from pnn_acoustic.card.segment import Segment, faded


def layout(**changes):
    sizes = {"examples": 5, "samples": 196, "pilot": 960, "guard": 300, "tail": 700}
    return Segment(**sizes | changes)


def noise(*shape):
    return np.random.default_rng(0).uniform(-1, 1, shape)


def test_examples_come_back_from_where_they_were_put():
    segment, examples = layout(), noise(5, 196)
    waveform = segment.assembled(examples, noise(960))
    assert segment.records(waveform, 0) == pytest.approx(examples)


def test_a_latency_is_read_off_as_a_delay():
    segment, examples = layout(), noise(5, 196)
    waveform = segment.assembled(examples, noise(960))
    late = np.concatenate([np.zeros(123), waveform])[: segment.length]
    assert segment.records(late, 123) == pytest.approx(examples)


def test_everything_played_is_a_pilot_or_an_example_and_guards_are_silent():
    segment = layout()
    waveform = segment.assembled(np.ones((5, 196)), np.ones(960))
    assert len(waveform) == segment.length
    edges = np.flatnonzero(np.diff(np.pad(waveform, 1)))
    lengths = np.diff(edges)
    assert waveform.sum() == 5 * 196 + 2 * 960
    assert lengths[0::2].tolist() == [960, *[196] * 5, 960]
    assert set(lengths[1::2].tolist()) == {300}
    assert (edges[0], segment.length - edges[-1]) == (300, 700)


def test_both_pilots_are_played_where_the_layout_says():
    segment, pilot = layout(), noise(960)
    waveform = segment.assembled(noise(5, 196), pilot)
    for begin in (segment.opening, segment.closing):
        assert waveform[begin : begin + 960] == pytest.approx(pilot)


def test_a_fade_rises_from_zero_falls_to_zero_and_leaves_the_middle():
    wave = faded(np.ones((2, 100)), 10)
    assert wave[:, 10:-10] == pytest.approx(1)
    assert wave[:, 0].max() < 0.01
    assert wave == pytest.approx(wave[:, ::-1])
    assert wave[0, :10] + wave[0, 9::-1] == pytest.approx(1)  # cos^2 + sin^2
    assert faded(wave, 0) is wave
