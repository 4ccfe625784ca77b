"""Virtual instruments, started once, and a device that reaches them."""

import pytest
from pnn_electronic.visa.device import CircuitVisa
from pnn_electronic.visa.server import VisaServer

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
