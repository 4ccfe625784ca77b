"""The bench behind JACK, met by a client of JACK's own kind.

Starting a bench takes two seconds.
"""

import threading
from time import perf_counter

import numpy as np
import pytest
from pnn_acoustic.bench import DRIVE_V, FULL_SCALE_V, PlateBench
from pnn_acoustic.rig import RigConfig
from pnn_acoustic.sound_bench.live import LivePlate
from pnn_acoustic.sound_bench.needs import lacking
from pnn_acoustic.sound_bench.server import SoundBench

PERIOD = 1024
NOISELESS = RigConfig(noise_v=0.0)


@pytest.fixture(scope="module")
def bench():
    if lacks := lacking("jack"):
        pytest.skip(lacks)
    bench = SoundBench(noise_v=0.0, period_samples=PERIOD)
    bench.start()
    yield bench
    bench.stop()


def recorded(bench, waveform):
    """Return what a client records while it plays a waveform, and a period more."""
    import jack

    name = bench.environment()["JACK_DEFAULT_SERVER"]
    client = jack.Client("test", servername=name, no_start_server=True)
    mouth, ear = client.outports.register("out"), client.inports.register("in")
    queue = np.zeros((len(waveform) // PERIOD + 2) * PERIOD, np.float32)
    queue[: len(waveform)] = waveform
    queue, heard, over = list(queue.reshape(-1, PERIOD)), [], threading.Event()

    @client.set_process_callback
    def process(frames):
        mouth.get_array()[:] = 0
        if not (connected.is_set() and queue):
            return
        mouth.get_array()[:] = queue.pop(0)
        heard.append(ear.get_array().copy())
        if not queue:
            over.set()

    connected = threading.Event()
    with client:
        client.connect("plate:microphone", ear)
        client.connect(mouth, "plate:drive")
        connected.set()
        assert over.wait(10)
    return np.concatenate(heard)[PERIOD:]


def sound(seed=0):
    """Return a second's beginning of noise, with silence around it."""
    waveform = np.zeros(24000, np.float32)
    waveform[5000:9800] = np.random.default_rng(seed).uniform(-1, 1, 4800)
    return waveform


def test_every_record_is_what_the_plate_plays_one_period_later(bench):
    for seed in range(3):
        played = sound(seed)
        expected = LivePlate(NOISELESS).play(played)
        assert np.array_equal(recorded(bench, played)[: len(played)], expected)


def test_examples_come_back_as_from_the_bench_in_process(bench):
    volts = np.random.default_rng(0).uniform(-DRIVE_V, DRIVE_V, (8, 196))
    volts = volts.astype(np.float32)
    with PlateBench(noise_v=0.0) as in_process:
        expected = in_process.run(volts)
    played = np.zeros((8, 24000), np.float32)  # half a second to ring down
    played[:, :196] = volts / DRIVE_V
    heard = recorded(bench, played.ravel())[: played.size].reshape(8, -1)
    apart = np.abs(heard[:, 48 : 48 + 196] * FULL_SCALE_V - expected)
    assert apart.max() <= 1.01 * FULL_SCALE_V / 2**15  # a step of the recorder


def test_faults_strike_where_they_are_told(bench):
    whole = recorded(bench, sound())
    bench.drop(480, after=1000)
    dropped = recorded(bench, sound())
    bench.slip(480, after=1000)
    slipped = recorded(bench, sound())
    bench.mend()
    mended = recorded(bench, sound())
    begin, end = 6000, 6480
    silenced = whole.copy()
    silenced[begin:end] = 0
    assert np.array_equal(dropped, silenced)
    assert np.array_equal(slipped[:begin], whole[:begin])
    assert np.array_equal(slipped[end:], whole[begin:-480])
    assert np.array_equal(mended, whole)


def test_without_freewheeling_time_is_real():
    """Takes as long as a start, and half a second of sound."""
    if lacks := lacking("jack"):
        pytest.skip(lacks)
    bench = SoundBench(freewheel=False, period_samples=PERIOD)
    bench.start()
    began = perf_counter()
    recorded(bench, sound())
    elapsed_s = perf_counter() - began
    bench.stop()
    assert elapsed_s > 0.9 * len(sound()) / 48000


def test_it_starts_again_only_after_another_thread_has_killed_it(bench, monkeypatch):
    dying, tell = threading.Event(), bench._program.tell

    def told(order):
        tell(order)
        dying.set()

    monkeypatch.setattr(bench._program, "tell", told)
    killer = threading.Thread(target=bench.kill)
    killer.start()
    assert dying.wait(10)
    bench.start()
    killer.join()
    played = sound()
    expected = LivePlate(NOISELESS).play(played)
    assert np.array_equal(recorded(bench, played)[: len(played)], expected)
