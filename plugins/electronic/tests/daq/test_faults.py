"""What goes wrong becomes a clear error or a repetition, with the output at 0 V."""

import numpy as np
import pytest

from pnn_core import DeviceError

nidaqmx, grpc = pytest.importorskip("nidaqmx"), pytest.importorskip("grpc")
Code = nidaqmx.error_codes.DAQmxErrors

RECOVERABLE = [
    ("WriteAnalogF64", Code.SAMPLES_CAN_NOT_YET_BE_WRITTEN),
    ("StartTask", Code.DAC_UNDERFLOW),
    ("WaitUntilTaskDone", Code.OUTPUT_FIFO_UNDERFLOW_2),
    ("ReadRaw", Code.SAMPLES_NO_LONGER_AVAILABLE),
    ("ReadRaw", Code.ACQ_STOPPED_TO_PREVENT_INPUT_BUFFER_OVERWRITE),
    ("ReadRaw", Code.INPUT_FIFO_OVERFLOW),
]

AT_REST = {"output_v": 0.0, "records": 0, "tasks": 0}


@pytest.mark.parametrize(("call", "code"), RECOVERABLE)
def test_underflow_and_overflow_are_repeated(
    device, server, volts, expected, call, code
):
    with device(retries=2) as daq:
        server.provoke("error", call, code, times=2)
        assert np.array_equal(daq.run(volts), expected)
        assert daq.record() == {"repeated_records": 2}


@pytest.mark.parametrize(("call", "code"), RECOVERABLE)
def test_what_lasts_longer_than_the_retries_is_told(
    device, server, volts, call, code, nothing_left
):
    with nothing_left():
        daq = device(retries=2).open()
        server.provoke("error", call, code, times=3)
        with pytest.raises(DeviceError, match=f"failed .* DAQmx error {code.value}: "):
            daq.run(volts)
        assert not daq.is_open
    assert server.state()["output_v"] == 0.0


@pytest.mark.parametrize(
    "call", ["WriteAnalogF64", "StartTask", "ReadRaw", "StopTask", "TaskControl"]
)
def test_other_errors_are_told_at_once(device, server, volts, call, nothing_left):
    with nothing_left():
        daq = device(retries=5).open()
        before = server.state()["records"]
        server.provoke("error", call, Code.DEVICE_REMOVED, times=1)
        message = r"failed while playing a record: DAQmx error -200045: .*\n  Look"
        with pytest.raises(DeviceError, match=message):
            daq.run(volts)
    assert server.state()["records"] - before <= 1
    assert server.state() | {"records": 0} == AT_REST


@pytest.mark.parametrize("kind", ["saturated", "cut"])
def test_over_range_and_a_short_read_are_repeated(
    device, server, volts, expected, kind
):
    with device(retries=1) as daq:
        server.provoke(kind, times=1)
        assert np.array_equal(daq.run(volts), expected)
        assert daq.repeated == 1


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("saturated", r"over its range of 5 V in 1568 of 1568 samples.*\n  Lower the"),
        ("cut", r"\d+ of \d+ samples were read.\n  Shorten"),
    ],
)
def test_over_range_and_a_short_read_that_last_are_told(
    device, server, volts, kind, message, nothing_left
):
    with nothing_left():
        daq = device(retries=1).open()
        server.provoke(kind, times=2)
        with pytest.raises(DeviceError, match=message):
            daq.run(volts)
    assert server.state()["output_v"] == 0.0


def test_ctrl_c_at_full_drive_leaves_the_output_at_rest(
    device, server, volts, monkeypatch
):
    daq = device().open()

    def interrupted(record):
        pair = daq.link.pair
        pair.writer.write_many_sample(np.array([0.0, 3.0]))
        pair.output.start()
        assert server.state()["output_v"] == pytest.approx(3.0, abs=2e-4)
        raise KeyboardInterrupt

    monkeypatch.setattr(daq.link, "play", interrupted)
    with pytest.raises(KeyboardInterrupt):
        daq.run(volts)
    assert not daq.is_open
    assert server.state() | {"records": 0} == AT_REST


def test_output_left_high_by_others_is_set_to_rest_on_opening(device, server):
    with (
        grpc.insecure_channel(f"127.0.0.1:{server.settings()['port']}") as channel,
        nidaqmx.Task(grpc_options=nidaqmx.GrpcSessionOptions(channel, "")) as task,
    ):
        task.ao_channels.add_ao_voltage_chan("Dev1/ao0", min_val=-5, max_val=5)
        task.write(4.0)
    assert server.state()["output_v"] == pytest.approx(4.0, abs=2e-4)
    with device():
        assert server.state()["output_v"] == 0.0


def test_a_board_in_use_says_so(device):
    with (
        device(),
        pytest.raises(DeviceError, match=r"DAQmx error -50103: .*\n  Close the"),
    ):
        device().open()
