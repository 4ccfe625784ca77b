"""A server that is not there, is lost or hangs: told in time, with nothing left.

Those that hang take a second each: a deadline has to pass.
"""

import socket
from time import perf_counter

import numpy as np
import pytest

from pnn_core import DeviceError

BOUND_S = 4.0
"""Two deadlines of 1.5 time-outs and the longest record, on a busy machine."""

AT_REST = {"output_v": 0.0, "records": 0, "tasks": 0}


def test_refused_connection_says_what_to_start(device, nothing_left):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    message = rf"no connection to the NI gRPC Device Server at 127.0.0.1:{port}.\n  St"
    with nothing_left(), pytest.raises(DeviceError, match=message):
        device(port=port).open()


def test_line_cut_in_mid_transfer_is_repeated(device, relay, volts, expected):
    with device(port=relay.address[1]) as daq:
        daq.run(volts)
        relay.cut_after(2000)  # the rest is some hundreds of bytes, the samples more
        assert np.array_equal(daq.run(volts), expected)
        assert daq.repeated == 1
    assert relay.cuts == 0


@pytest.mark.parametrize("size", [100, 700, 1200, 3000, 9000])
def test_wherever_the_line_is_cut_the_run_succeeds(
    device, relay, server, volts, expected, size
):
    with device(port=relay.address[1]) as daq:
        relay.cut_after(size)
        assert np.array_equal(daq.run(volts), expected)
    server.reset()  # a task whose creation was not heard of is left


def test_line_that_is_away_for_less_than_the_time_out_is_waited_for(
    device, relay, volts, expected
):
    with device(port=relay.address[1], timeout_s=2.4) as daq:
        daq.run(volts)
        relay.cut_after(2000, away_s=0.6)  # it is looked for again after a second
        assert np.array_equal(daq.run(volts), expected)


def test_line_cut_without_retries_is_told_and_leaves_the_output_at_rest(
    device, relay, server, volts
):
    daq = device(port=relay.address[1], retries=0).open()
    daq.run(volts)
    relay.cut_after(2000)
    with pytest.raises(DeviceError, match="no connection to the NI gRPC Device Serv"):
        daq.run(volts)
    assert server.state() | {"records": 0} == AT_REST


def test_server_that_hangs_in_a_read_is_given_up(device, server, volts, nothing_left):
    with nothing_left():
        daq = device(timeout_s=0.4, retries=5).open()
        server.provoke("hang", "ReadRaw")
        start = perf_counter()
        with pytest.raises(DeviceError, match=r"does not answer.\n  Restart it"):
            daq.run(volts)
        assert perf_counter() - start < BOUND_S
    assert server.state()["output_v"] == 0.0


def test_server_that_hangs_altogether_is_given_up(device, server, volts, nothing_left):
    with nothing_left():
        daq = device(timeout_s=0.3).open()
        server.provoke("hang", "*")
        start = perf_counter()
        with pytest.raises(DeviceError, match="does not answer") as caught:
            daq.run(volts)
        assert perf_counter() - start < BOUND_S
    assert "could not be made safe either" in caught.value.__notes__[0]
    server.reset()
    device().open().close()


def test_server_that_hangs_at_the_start_is_given_up(device, server, nothing_left):
    server.provoke("hang", "*")
    start = perf_counter()
    with nothing_left(), pytest.raises(DeviceError, match="does not answer"):
        device(timeout_s=0.3).open()
    assert perf_counter() - start < BOUND_S
