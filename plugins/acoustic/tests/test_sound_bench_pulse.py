"""The bench behind PulseAudio, met through PulseAudio's own client library.

Real time: a test takes as long as its sound and the server's start, a few seconds.
"""

import threading

import numpy as np
import pytest
from pnn_acoustic.rig import RigConfig
from pnn_acoustic.sound_bench.live import LivePlate
from pnn_acoustic.sound_bench.needs import lacking
from pnn_acoustic.sound_bench.server import SoundBench

RATE_HZ, BLOCK, AHEAD = 48000, 960, 9600


@pytest.fixture
def bench():
    if lacks := lacking("pulse"):
        pytest.skip(lacks)
    with SoundBench(server="pulse", noise_v=0.0) as bench:
        yield bench


def recorded(waveform):
    """Return what is recorded while a waveform is played, and half a second more."""
    from pnn_acoustic.sound_bench.simple import PulseStream

    mouth = PulseStream("drive", RATE_HZ, BLOCK, AHEAD)
    ear = PulseStream("mic.monitor", RATE_HZ, BLOCK)
    heard = np.zeros(len(waveform) + RATE_HZ // 2, np.float32)
    silence = np.zeros(2 * RATE_HZ, np.float32)
    player = threading.Thread(
        target=lambda: [mouth.write(part) for part in (waveform, silence)]
    )
    player.start()
    ear.read(heard)
    player.join()
    mouth.close()
    ear.close()
    return heard


def test_record_is_what_the_plate_plays_after_one_delay(bench):
    played = np.zeros(RATE_HZ, np.float32)
    played[9600:][:4800] = np.random.default_rng(0).uniform(-1, 1, 4800)
    expected = LivePlate(RigConfig(noise_v=0.0)).play(played)
    heard = recorded(played)
    delay = np.flatnonzero(heard)[0] - np.flatnonzero(expected)[0]
    assert 0 < delay < RATE_HZ / 2
    assert np.array_equal(heard[delay:][: len(played)], expected)


def test_killed_server_ends_its_clients_and_starts_again(bench):
    from pnn_acoustic.sound_bench.simple import PulseStream

    ear = PulseStream("mic.monitor", RATE_HZ, BLOCK)
    bench.kill()
    with pytest.raises(OSError, match="Connection terminated"):
        ear.read(np.zeros(RATE_HZ, np.float32))
    ear.close()
    bench.start()
    PulseStream("mic.monitor", RATE_HZ, BLOCK).close()
    home = bench._home
    bench.stop()
    assert not home.exists()
