"""A virtual board for the tests of this folder, and a relay that can be cut."""

import os
import socket
import threading
from contextlib import ExitStack, closing, contextmanager, suppress

import numpy as np
import pytest
import tomli_w
from pnn_electronic.daq.device import CircuitDaq
from pnn_electronic.daq.server import DaqServer

QUIET = {"noise_v": 0.0, "jitter_noise_s": 0.0, "noise_temperature_k": 0.0}


@pytest.fixture(scope="session")
def quiet():
    """Settings that stop the converters' noise."""
    return QUIET


@pytest.fixture(scope="session")
def shared_server():
    """One board for all tests: its start takes two seconds."""
    if lacking := DaqServer.missing():
        pytest.skip(lacking)
    server = DaqServer(**QUIET)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def server(shared_server):
    """The board, without faults, and at rest when the test ends."""
    yield shared_server
    state = shared_server.state()
    shared_server.reset()
    assert (state["output_v"], state["tasks"]) == (0.0, 0)


@pytest.fixture
def device(server):
    """Build drivers that reach the board; all are closed when the test ends."""
    with ExitStack() as stack:

        def build(**settings):
            given = server.settings() | {"timeout_s": 5.0} | settings
            return stack.enter_context(closing(CircuitDaq(**given)))

        yield build


@pytest.fixture
def volts():
    return np.random.default_rng(0).uniform(-5, 5, (8, 196)).astype(np.float32)


@pytest.fixture
def expected(device, volts):
    with device() as daq:
        return daq.run(volts)


@pytest.fixture
def lab(server, tmp_path, monkeypatch):
    """A lab file by which drivers without settings reach the board."""
    path = tmp_path / "lab.toml"
    path.write_text(tomli_w.dumps({"device": {server.device: server.settings()}}))
    monkeypatch.setenv("PNN_LAB", str(path))


@pytest.fixture
def nothing_left():
    """Check that a block leaves neither threads nor sockets behind."""

    def sockets():
        found = 0
        for number in os.listdir("/proc/self/fd"):
            with suppress(FileNotFoundError):
                found += os.readlink(f"/proc/self/fd/{number}").startswith("socket:")
        return found

    @contextmanager
    def check():
        before = threading.active_count(), sockets()
        yield
        for _ in range(200):  # gRPC closes its sockets shortly after its channel
            if (threading.active_count(), sockets()) == before:
                return
            threading.Event().wait(0.01)
        assert (threading.active_count(), sockets()) == before

    return check


class Relay:
    """Passes bytes between a client and a server until it is to cut the line."""

    def __init__(self, port):
        self.port, self.left, self.cuts = port, 0, 0
        self.away_s, self.closed = 0.0, threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = self.listener.getsockname()
        self.open, self.threads = [], []
        self._run(self._accept)

    def cut_after(self, size, cuts=1, away_s=0.0):
        """Cut the line after so many bytes from the server, so often, and so long."""
        self.size, self.left, self.cuts, self.away_s = size, size, cuts, away_s

    def close(self):
        self.closed.set()
        self.away_s = 0.0
        with suppress(OSError):  # it may be away
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self._cut()
        for thread in self.threads:
            thread.join()

    def _run(self, target, *args):
        thread = threading.Thread(target=target, args=args)
        self.threads.append(thread)
        thread.start()

    def _accept(self):
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = socket.create_connection(("127.0.0.1", self.port))
                self.open += [client, server]
                self._run(self._pass, client, server, False)
                self._run(self._pass, server, client, True)

    def _return(self):
        if not self.closed.wait(self.away_s):
            self.away_s, self.listener = 0.0, socket.create_server(self.address)
            self._accept()

    def _pass(self, source, sink, counted):
        with suppress(OSError):
            while data := source.recv(65536):
                if counted and self.cuts:
                    data, self.left = data[: self.left], self.left - len(data)
                sink.sendall(data)
                if counted and self.cuts and self.left <= 0:
                    self.cuts, self.left = self.cuts - 1, self.size
                    self._cut()
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _cut(self):
        if self.away_s:
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            self._run(self._return)
        ends, self.open = self.open, []
        with ExitStack() as stack:
            for end in ends:
                stack.callback(end.close)
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def relay(server):
    """A line to the board that can be cut."""
    relay = Relay(server.settings()["port"])
    yield relay
    relay.close()
