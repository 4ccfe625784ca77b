"""Sound benches for tests, one of each kind for all."""

import pytest
import tomli_w
from pnn_acoustic.sound_bench.needs import lacking
from pnn_acoustic.sound_bench.server import SoundBench


def _running(server):
    if lacks := lacking(server):
        pytest.skip(lacks)
    bench = SoundBench(server=server)
    bench.start()
    yield bench
    bench.stop()


@pytest.fixture(scope="session")
def running_jack():
    """Two seconds to start, so that all tests of a process share it."""
    yield from _running("jack")


@pytest.fixture(scope="session")
def running_pulse():
    yield from _running("pulse")


def _reached(bench, monkeypatch, folder):
    """Lead this process's devices to a bench, whatever the last test did to it."""
    bench.start()
    bench.mend()
    lab = folder / "lab.toml"
    lab.write_text(tomli_w.dumps({"device": {bench.device: bench.settings()}}))
    for name, value in (bench.environment() | {"PNN_LAB": str(lab)}).items():
        monkeypatch.setenv(name, value)
    return bench


@pytest.fixture
def sound_bench(running_jack, monkeypatch, tmp_path):
    """JACK, freewheeling. Any test may kill it or make it fail."""
    return _reached(running_jack, monkeypatch, tmp_path)


@pytest.fixture
def pulse_bench(running_pulse, monkeypatch, tmp_path):
    """PulseAudio, in real time."""
    return _reached(running_pulse, monkeypatch, tmp_path)
