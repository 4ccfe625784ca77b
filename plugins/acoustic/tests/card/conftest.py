"""Sound cards for the driver: in numpy, and behind a sound library of few lines."""

from pathlib import Path

import numpy as np
import pytest
from pnn_acoustic.card import device as card
from pnn_acoustic.card.device import PlateDevice
from pnn_acoustic.card.stream import Recording, Stream

FAKE = Path(__file__).with_name("fake_sounddevice.py")

SETTINGS = {
    "output": "card",
    "input": "card",
    "output_channel": 2,
    "input_channel": 1,
    "sample_rate_hz": 48e3,
    "buffer_s": 0.25,
    "stall_s": 0.5,
}

LAGS = np.arange(2000)


class Card:
    """Delays, filters, saturates and adds noise; `spoil` does the rest to a waveform.

    Args:
        spoil: Called with what was heard of each waveform, and its number.
    """

    latency, noise_v, rate_hz = 700, 2e-3, 48e3
    response = 0.05 * np.exp(-LAGS / 80) * np.cos(0.3 * LAGS)

    def __init__(self, owner, settings, spoil=None):
        self.spoil, self.played, self.closed = spoil, [], False
        self.rng = np.random.default_rng(0)

    def open(self):
        pass

    def play(self, waveform):
        self.played.append(waveform)
        count, size = len(waveform), 2 * len(waveform)
        spectrum = np.fft.rfft(5 * waveform, size) * np.fft.rfft(self.response, size)
        heard = np.tanh(np.fft.irfft(spectrum, size)[:count])
        heard = np.concatenate([np.zeros(self.latency), heard])[:count]
        heard += self.noise_v * self.rng.standard_normal(count)
        if self.spoil:
            heard = self.spoil(heard, len(self.played) - 1)
        blocks = np.arange(0, count, 512.0)
        marks = np.stack([blocks / self.rate_hz, blocks, blocks / self.rate_hz], 1)
        return Recording(heard.clip(-1, 1).astype(np.float32), marks, [])

    def close(self):
        self.closed = True

    @classmethod
    def exact(cls, inputs, delay=48):
        """What comes back for each example, without noise."""
        answers = [np.convolve(row, cls.response)[delay:][: len(row)] for row in inputs]
        return np.tanh(answers)

    @classmethod
    def errors_v(cls, outputs, inputs):
        """RMS error of each example."""
        return np.sqrt(np.square(outputs - cls.exact(inputs)).mean(axis=1))


@pytest.fixture
def rig():
    return Card


@pytest.fixture
def plate(monkeypatch):
    """Return a function that opens the driver at a card, with some of it changed."""

    def opened(settings=None, spoil=None, **changes):
        cards = type("Changed", (Card,), changes)
        monkeypatch.setattr(card, "Stream", lambda *args: cards(*args, spoil=spoil))
        return PlateDevice(**(settings or {})).open()

    return opened


@pytest.fixture
def volts():
    """Return a function that draws examples."""

    def drawn(batch, high=5.0, seed=0):
        rng = np.random.default_rng(seed)
        return rng.uniform(-high, high, (batch, 196)).astype(np.float32)

    return drawn


@pytest.fixture
def library(tmp_path, monkeypatch):
    """Return a function that makes a sound library: the fake, with lines added."""

    def made(*lines, whole=None):
        text = FAKE.read_text() if whole is None else whole
        (tmp_path / "sounddevice.py").write_text("\n".join([text, *lines]))
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    return made


@pytest.fixture
def stream_settings():
    return SETTINGS


@pytest.fixture
def opened():
    """Return a function that opens a stream, with some settings changed."""
    streams = []

    def opened(**changes):
        streams.append(Stream("the-driver", SETTINGS | changes))
        return streams[-1].open()

    yield opened
    for stream in streams:
        stream.close()
        assert stream.process.poll() is not None
