"""What goes wrong between driver and instruments, and how it ends.

Some take over a second: they wait for time-outs that a busy machine must not reach.
"""

import socket
import threading
from time import monotonic

import numpy as np
import pytest
from pnn_electronic.visa.backend import resource_manager
from pnn_electronic.visa.device import CircuitVisa
from pnn_electronic.visa.dialect import GeneratorDialect
from pnn_electronic.visa.dialect_files import load
from pnn_electronic.visa.link import LinkError
from pnn_electronic.visa.session import Session

import pnn_core as pnn

VOLTS = np.random.default_rng(0).uniform(-5, 5, (3, 196)).astype(np.float32)
TIMEOUT_S = 0.3
BOTH = pytest.mark.parametrize("instrument", ["generator", "digitiser"])

pytestmark = pytest.mark.usefixtures("leaves_nothing")


@BOTH
@pytest.mark.parametrize("fault", ["drop", "hang"])
def test_lost_connection_is_opened_again_and_nothing_is_lost(
    server, visa, instrument, fault
):
    with visa(timeout_s=TIMEOUT_S) as device:
        wanted = device.run(VOLTS)
        server.provoke(instrument, fault)
        assert np.array_equal(device.run(VOLTS), wanted)
        assert device.usage.examples == 6
    assert not server.state()["output"]


def test_block_cut_short_is_measured_again(server, visa):
    with visa(timeout_s=TIMEOUT_S) as device:
        wanted = device.run(VOLTS)
        server.provoke("digitiser", "cut")
        assert np.array_equal(device.run(VOLTS), wanted)


@pytest.mark.parametrize(
    ("instrument", "fault", "said"),
    [
        ("digitiser", "cut", "cut its answer"),
        ("digitiser", "drop", ""),
        ("generator", "drop", ""),
    ],
)
def test_a_fault_that_stays_is_an_error_and_the_output_is_off(
    server, visa, refusal, instrument, fault, said
):
    with visa(timeout_s=TIMEOUT_S, retries=1) as device:
        server.provoke(instrument, fault, times=9)
        with refusal(pnn.DeviceError, said, "VIRTUAL") as caught:
            device.run(VOLTS)
        assert "gave up after 2 attempts" in "".join(caught.value.__notes__)
        assert not device.is_open
    assert server.state() == {"output": False, "shape": "DC"}


@BOTH
def test_hung_instrument_ends_in_bounded_time(server, visa, refusal, instrument):
    with visa(timeout_s=TIMEOUT_S, retries=1) as device:
        server.provoke(instrument, "hang", times=1000)
        start = monotonic()
        with refusal(pnn.DeviceError, "VI_ERROR_TMO"):
            device.run(VOLTS)
        assert monotonic() - start < 8 * TIMEOUT_S + 1
    hung = instrument == "generator"
    assert server.state()["output"] == hung  # it takes no command, but is named:


def test_generator_that_cannot_be_switched_off_is_named(server, visa):
    with visa(timeout_s=TIMEOUT_S, retries=0) as device:
        server.provoke("generator", "hang", times=1000)
        with pytest.raises(pnn.DeviceError) as caught:
            device.run(VOLTS)
    notes = "".join(caught.value.__notes__)
    assert "may still drive the circuit" in notes
    assert "Switch it off by hand" in notes


@BOTH
def test_error_in_the_queue_names_instrument_command_and_text(
    server, visa, refusal, instrument
):
    with visa() as device:
        server.provoke(instrument, "error")
        with refusal(pnn.DeviceError, "222 Data out of range", "VIRTUAL", "refused '"):
            device.run(VOLTS)
        assert not device.is_open
    assert not server.state()["output"]
    visa().open().close()  # the queue was emptied


def test_refused_connection_says_which(visa, refusal):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        name = f"TCPIP0::127.0.0.1::{unused.getsockname()[1]}::SOCKET"
        for field in ("awg_resource", "scope_resource"):
            with refusal(pnn.DeviceError, name, "ConnectionRefused", "resource name"):
                visa(**{field: name}, timeout_s=TIMEOUT_S).open()


def test_device_that_failed_can_be_opened_again(server, visa):
    device = visa(timeout_s=TIMEOUT_S, retries=0)
    with device:
        server.provoke("digitiser", "drop")
        with pytest.raises(pnn.DeviceError):
            device.run(VOLTS)
    with device:
        device.run(VOLTS)


@pytest.fixture
def deaf():
    """Return the resource name of an instrument that stops reading after *IDN?."""
    pytest.importorskip("pyvisa_py")
    listener, held = socket.socket(), []
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    listener.bind(("127.0.0.1", 0))
    listener.listen()

    def serve():
        connection, _ = listener.accept()
        held.append(connection)
        while b"*IDN?" not in connection.recv(100):
            pass
        connection.sendall(b"Keysight Technologies,33622A,DEAF,0\n")

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"TCPIP0::127.0.0.1::{listener.getsockname()[1]}::SOCKET"
    thread.join()
    for connection in (*held, listener):
        connection.close()


@pytest.mark.skipif(
    not hasattr(socket, "TCP_USER_TIMEOUT"), reason="writes are bounded on Linux only"
)
def test_writing_to_an_instrument_that_does_not_read_ends_too(deaf, refusal):
    dialect = load(GeneratorDialect, "keysight-trueform")
    session = Session(resource_manager("@py"), deaf, dialect, TIMEOUT_S)
    session.open()
    start = monotonic()
    with refusal(LinkError, "DEAF"):
        session.load("DATA ", bytes(20_000_000))  # more than the buffers hold
    assert monotonic() - start < 3
    session.close()


def test_closing_a_device_that_never_opened_does_nothing():
    CircuitVisa().disconnect()
