"""How the bench begins and ends, with JACK. Starting it takes two seconds."""

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest
from pnn_acoustic.sound_bench.needs import lacking
from pnn_acoustic.sound_bench.server import SoundBench

import pnn_core as pnn


@pytest.fixture
def bench():
    if lacks := lacking("jack"):
        pytest.skip(lacks)
    bench = SoundBench()
    bench.start()
    yield bench
    bench.stop()


def processes_of(bench):
    """Return the id of every process that names the bench."""
    name = bench.environment()["JACK_DEFAULT_SERVER"].encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes()
        except OSError:
            continue
        if name in command:
            found.append(int(path.parent.name))
    return found


def files_of(bench):
    name = bench.environment()["JACK_DEFAULT_SERVER"]
    here = [Path("/dev/shm"), Path(os.environ.get("TMPDIR", "/tmp"))]
    return [path for folder in here for path in folder.glob(f"*{name}*")]


def test_killed_server_leaves_nothing_and_starts_again_at_the_same_place(bench):
    before = bench.environment()
    bench.kill()
    assert (processes_of(bench), files_of(bench)) == ([], [])
    with pytest.raises(pnn.DeviceError, match="Start it"):
        bench.drop(1)
    bench.start()
    assert bench.environment() == before
    bench.drop(1)


def test_stopping_leaves_nothing_and_can_be_repeated(bench):
    assert len(processes_of(bench)) == 2
    bench.stop()
    assert (processes_of(bench), files_of(bench)) == ([], [])
    bench.stop()


ABANDONED = """
import os, signal
from pnn_acoustic.sound_bench.server import SoundBench
bench = SoundBench()
bench.start()
print(bench.environment()["JACK_DEFAULT_SERVER"], flush=True)
signal.pause()
"""


def test_bench_ends_with_the_process_that_started_it():
    if lacks := lacking("jack"):
        pytest.skip(lacks)
    with subprocess.Popen(
        [sys.executable, "-c", ABANDONED], stdout=subprocess.PIPE, text=True
    ) as parent:
        abandoned = SoundBench()
        abandoned._home = Path(parent.stdout.readline().strip())
        ids = processes_of(abandoned)
        handles = [os.pidfd_open(pid) for pid in ids]
        parent.kill()
    assert len(handles) == 2
    for handle in handles:
        assert select.select([handle], [], [], 10)[0], "still runs"
        os.close(handle)
    assert files_of(abandoned) == []


def fake_jackd(folder, script):
    program = folder / "jackd"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_server_that_fails_is_quoted_and_leaves_nothing(tmp_path, monkeypatch):
    if lacks := lacking("jack"):
        pytest.skip(lacks)
    fake_jackd(tmp_path, "echo no memory left >&2; exit 1")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    bench = SoundBench()
    with pytest.raises(pnn.DeviceError, match="no memory left"):
        bench.start()
    assert (processes_of(bench), files_of(bench)) == ([], [])


def test_what_is_not_installed_is_said_with_the_way_to_get_it(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert "apt-get install jackd2" in SoundBench.missing()
    with pytest.raises(pnn.DeviceError, match="apt-get install pulseaudio"):
        SoundBench(server="pulse").start()
