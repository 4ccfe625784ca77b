"""Virtual instruments, started once, and a device that reaches them."""

import gc
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from pnn_electronic.visa.device import CircuitVisa
from pnn_electronic.visa.server import VisaServer

import pnn_core as pnn

QUIET = {"noise_v": 0.0, "jitter_noise_s": 0.0, "noise_temperature_k": 0.0}
WAYS = [("keysight", "hislip"), ("tektronix", "socket")]


@pytest.fixture(scope="session")
def servers():
    """Return a function that starts a server, or returns the one already started.

    A start takes seconds: the compiled circuit is loaded.
    """
    if lacking := VisaServer.missing():
        pytest.skip(lacking)
    started = {}

    def server(family="keysight", transport="socket"):
        way = family, transport
        if way not in started:
            started[way] = VisaServer(family=family, transport=transport, **QUIET)
            started[way].start()
        return started[way]

    yield server
    for server in started.values():
        server.stop()


@pytest.fixture(params=WAYS, ids="-".join)
def server(request, servers):
    """Start each server; leave no fault behind."""
    server = servers(*request.param)
    yield server
    for instrument in ("generator", "digitiser"):
        for fault in ("drop", "cut", "hang"):
            server.provoke(instrument, fault, times=0)
    server.probe_gain(1.0)


@pytest.fixture
def visa(server):
    """Return a function that builds the device for the server's instruments."""
    return lambda **settings: CircuitVisa(**(server.settings() | settings))


def _sockets():
    handles = list(Path("/proc/self/fd").iterdir())
    return sum("socket:" in str(h.readlink()) for h in handles if h.is_symlink())


@pytest.fixture
def leaves_nothing():
    """Require that no thread and no socket is left."""
    gc.collect()
    before = threading.active_count(), _sockets()
    yield
    gc.collect()
    assert (threading.active_count(), _sockets()) == before


@pytest.fixture
def refusal():
    """Return a context that expects a PNNError that says some words, and a way out."""

    @contextmanager
    def expect(family, *said):
        with pytest.raises(family) as caught:
            yield caught
        message = str(caught.value)
        assert isinstance(caught.value, pnn.PNNError)
        assert [words for words in said if words not in message] == [], message
        assert message.splitlines()[-1].startswith("  "), message

    return expect
