"""The driver at the virtual plate behind a sound server that runs free.

Each test opens the device, which takes half a second, and more on a busy computer; the
first one that asks the bench in process compiles it, which takes some seconds once.
"""

import signal
import threading
import time

import numpy as np
import pytest
from pnn_acoustic.bench import PlateBench
from pnn_acoustic.card.device import PlateDevice

import pnn_core as pnn

NOISE_V = 2e-3
APART_V = NOISE_V * 2**0.5
"""RMS difference of two recordings of the same."""

GUARD, EXAMPLE = 2400, 196
FIRST = 960 + GUARD
"""Where the first example begins, from where the first pilot does."""


def volts(batch, seed=0, high=5.0):
    rng = np.random.default_rng(seed)
    return rng.uniform(-high, high, (batch, EXAMPLE)).astype(np.float32)


def bench_outputs(inputs, **settings):
    with PlateBench(**settings) as bench:
        return bench.run(inputs)


def apart(outputs, others):
    """RMS difference of each example."""
    return np.sqrt(np.square(outputs - others).mean(axis=1))


def test_outputs_are_those_of_the_bench_in_process_to_the_sample(sound_bench):
    inputs = volts(40)
    with PlateDevice() as plate:
        outputs = plate.run(inputs)
    expected = bench_outputs(inputs)
    difference = outputs - expected
    # 7,840 differences give their RMS to 0.8 %, and clipped samples have no noise
    assert difference.std() == pytest.approx(APART_V, rel=0.05)
    for lag in (-1, 1):
        assert (np.roll(outputs, lag, axis=1) - expected).std() > 100 * APART_V


def test_latency_is_stable_over_many_batches(sound_bench):
    inputs = volts(2)
    expected = bench_outputs(inputs)
    with PlateDevice() as plate:
        latency = plate.timing.latency_samples
        worst = max(apart(plate.run(inputs), expected).max() for _ in range(30))
        assert plate.timing.latency_samples == latency
        assert (plate.calibrations, plate.remeasured) == (1, 0)
    assert worst < 1.3 * APART_V


def test_timing_is_what_the_bench_was_made_with(sound_bench):
    with PlateDevice() as plate:
        timing = plate.timing
    assert timing.latency_samples == sound_bench.config.period_samples
    assert timing.noise_v == pytest.approx(NOISE_V, rel=0.03)
    assert timing.jitter_samples < 0.01
    assert timing.rate_hz is None  # it runs free


def test_a_loud_neighbour_leaves_less_than_a_tenth_of_the_noise(sound_bench):
    """40 means of 39 recordings each: their noise is 3e-4 V, and known to 2 %."""
    loud, quiet = volts(40), np.zeros((40, EXAMPLE), np.float32)
    loud[1::2] = quiet[1::2] = volts(1, seed=1, high=0.5)
    with PlateDevice() as plate:
        with_neighbour = plate.run(loud)[1::2].mean(axis=0)
        without = plate.run(quiet)[1::2].mean(axis=0)
    noise_v = APART_V / 20**0.5
    assert np.sqrt(np.square(with_neighbour - without).mean()) < 1.2 * noise_v


def test_a_dropout_costs_its_example_alone(sound_bench):
    inputs = volts(30)
    with PlateDevice() as plate:
        sound_bench.drop(500, after=FIRST + 11 * (EXAMPLE + GUARD))
        outputs = plate.run(inputs)
        assert (plate.remeasured, plate.calibrations) == (1, 1)
    assert apart(outputs, bench_outputs(inputs)).max() < 1.3 * APART_V


@pytest.mark.parametrize("samples", [1, 100])
def test_a_slip_costs_what_follows_it(sound_bench, samples):
    inputs = volts(30)
    with PlateDevice() as plate:
        latency = plate.timing.latency_samples
        sound_bench.slip(samples, after=FIRST + 11 * (EXAMPLE + GUARD) - GUARD // 2)
        outputs = plate.run(inputs)
        assert (plate.remeasured, plate.calibrations) == (19, 1)
        assert plate.timing.latency_samples == latency + samples
    assert apart(outputs, bench_outputs(inputs)).max() < 1.3 * APART_V


def test_a_pilot_lost_in_a_dropout_is_recovered_from(sound_bench):
    inputs = volts(4)
    with PlateDevice() as plate:
        sound_bench.drop(3000)
        outputs = plate.run(inputs)
        assert plate.calibrations == 2
    assert apart(outputs, bench_outputs(inputs)).max() < 1.3 * APART_V


def while_playing(plate, action):
    """Let `action` happen soon after the next waveform begins."""
    play = plate.stream.play

    def interrupted(waveform):
        threading.Timer(0.1, action).start()
        return play(waveform)

    plate.stream.play = interrupted


def test_a_server_killed_in_a_batch_is_told_and_the_device_opens_again(sound_bench):
    """Slow, some five seconds: the server starts anew."""
    inputs, plate = volts(4000), PlateDevice(segment_s=600.0).open()
    while_playing(plate, sound_bench.kill)
    start = time.perf_counter()
    with pytest.raises(pnn.DeviceError, match="server or the card is gone"):
        plate.run(inputs)
    assert time.perf_counter() - start < 30  # a busy computer takes ten
    assert not plate.is_open
    with pytest.raises(pnn.DeviceError, match="found no sound device"):
        plate.open()
    sound_bench.start()
    with plate:
        outputs = plate.run(inputs[:3])
    assert apart(outputs, bench_outputs(inputs[:3])).max() < 1.3 * APART_V


def test_nothing_plays_after_ctrl_c(sound_bench):
    plate = PlateDevice(segment_s=600.0).open()
    player = plate.stream.process
    main, inputs = threading.main_thread().ident, volts(4000)
    while_playing(plate, lambda: signal.pthread_kill(main, signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        plate.run(inputs)
    assert not plate.is_open
    assert player.poll() is not None
    assert ports(sound_bench) == {"plate"}


def test_the_stream_lives_as_long_as_the_device_is_open(sound_bench):
    with PlateDevice() as plate:
        player = plate.stream.process.pid
        for _ in range(3):
            plate.run(volts(1))
            assert plate.stream.process.pid == player
        assert len(ports(sound_bench)) == 2
    assert ports(sound_bench) == {"plate"}


def ports(sound_bench):
    """Names of the clients that have ports at the server, but for the server's own."""
    jack = pytest.importorskip("jack")
    name = sound_bench.environment()["JACK_DEFAULT_SERVER"]
    with jack.Client("witness", servername=name, no_start_server=True) as client:
        owners = {port.name.split(":")[0] for port in client.get_ports()}
    return owners - {"system"}


def test_at_a_desktops_server_it_runs_in_real_time(pulse_bench):
    """Slow, five seconds: they pass as fast as sound does."""
    inputs = volts(30)
    with PlateDevice() as plate:
        outputs = plate.run(inputs)
        assert plate.timing.rate_hz == pytest.approx(48e3, rel=0.04)
    assert apart(outputs, bench_outputs(inputs)).max() < 1.3 * APART_V
