"""The process that plays. Each test starts one, which takes a tenth of a second."""

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import pnn_core as pnn


def test_what_is_played_in_one_channel_is_recorded_in_another(library, opened):
    library("FLAGS = 'input overflow'")
    stream = opened()
    waveform = np.random.default_rng(0).uniform(-1, 1, 1000).astype(np.float32)
    for _ in range(2):
        recording = stream.play(waveform)
        assert np.array_equal(recording.samples[64:], waveform[:-64])
        assert not recording.samples[:64].any()  # silence came before
        assert recording.flags == ["input overflow"] * 16
        assert np.diff(recording.marks[:, 1]) == pytest.approx(64)
    stream.close()
    assert stream.process.poll() == 0


def test_a_stream_that_stands_still_ends_in_bounded_time(library, opened):
    library("class RawStream(RawStream):\n    def run(self): self.stop.wait()")
    stream, start = opened(), time.perf_counter()
    with pytest.raises(pnn.DeviceError, match=r"waited 0.5 s"):
        stream.play(np.zeros(100, np.float32))
    assert time.perf_counter() - start < 3
    stream.close()


def test_a_server_that_is_gone_is_told_at_once(library, opened):
    library(
        "class RawStream(RawStream):\n"
        "    active = property(lambda self: False, lambda self, value: None)\n"
        "    def run(self): self.stop.wait()"
    )
    stream = opened(stall_s=60.0)
    with pytest.raises(pnn.DeviceError, match="server or the card is gone"):
        stream.play(np.zeros(100, np.float32))
    stream.close()


def test_a_library_that_aborts_takes_only_its_own_process(library, opened):
    library("class RawStream(RawStream):\n    def run(self): import os; os.abort()")
    with pytest.raises(pnn.DeviceError, match="lost the process that plays"):
        opened().play(np.zeros(100, np.float32))


def test_a_library_that_hangs_is_left_behind(library, opened):
    library(
        "class RawStream(RawStream):\n    def abort(self): threading.Event().wait()"
    )
    stream, start = opened(), time.perf_counter()
    stream.close()
    assert stream.process.poll() is not None
    assert time.perf_counter() - start < 2


def test_the_player_ends_with_its_driver(library, stream_settings):
    library()
    code = (
        "import json, sys; from pnn_acoustic.card.stream import Stream; "
        "stream = Stream('driver', json.loads(sys.argv[1])).open(); "
        "print(stream.process.pid, flush=True); input()"
    )
    driver = subprocess.Popen(
        [sys.executable, "-c", code, json.dumps(stream_settings)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with driver:
        player = os.pidfd_open(int(driver.stdout.readline()))
        driver.send_signal(signal.SIGKILL)
        ended, _, _ = select.select([player], [], [], 10)
    os.close(player)
    assert ended


def test_ctrl_c_reaches_the_driver_and_not_its_player(library, opened):
    library()
    stream = opened()
    main = threading.main_thread().ident
    timer = threading.Timer(0.2, signal.pthread_kill, (main, signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        stream.play(np.zeros(10**7, np.float32))
    assert stream.process.poll() is None
    stream.close()
    assert stream.process.poll() == 0
