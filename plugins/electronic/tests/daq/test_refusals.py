"""The virtual board refuses what DAQmx refuses, asked by the unmodified client."""

from contextlib import contextmanager

import numpy as np
import pytest

nidaqmx, grpc = pytest.importorskip("nidaqmx"), pytest.importorskip("grpc")
Code = nidaqmx.error_codes.DAQmxErrors
AcquisitionType = nidaqmx.constants.AcquisitionType
TaskMode = nidaqmx.constants.TaskMode


@pytest.fixture
def task(server):
    """Build tasks on the board; all are closed when the test ends."""
    with grpc.insecure_channel(f"127.0.0.1:{server.settings()['port']}") as channel:
        tasks = []

        def build(kind="", **channel_settings):
            options = nidaqmx.GrpcSessionOptions(channel, "")
            tasks.append(task := nidaqmx.Task(grpc_options=options))
            limits = {"min_val": -5.0, "max_val": 5.0} | channel_settings
            name = limits.pop("name", f"Dev1/{kind}0")
            if kind == "ao":
                task.ao_channels.add_ao_voltage_chan(name, **limits)
            elif kind == "ai":
                task.ai_channels.add_ai_voltage_chan(name, **limits)
            return task

        yield build
        for task in tasks:
            task.close()


def clocked(task, samples=10, rate=1e6, **timing):
    task.timing.cfg_samp_clk_timing(rate, samps_per_chan=samples, **timing)
    return task


@contextmanager
def refused(code):
    with pytest.raises(nidaqmx.DaqError) as caught:
        yield
    assert caught.value.error_type is code


@pytest.mark.parametrize(
    ("kind", "settings", "code"),
    [
        ("ao", {"name": "Dev9/ao0"}, Code.INVALID_DEVICE_ID),
        ("ao", {"name": "Dev1/ao7"}, Code.PHYSICAL_CHAN_DOES_NOT_EXIST),
        ("ai", {"name": "Dev1/ao0"}, Code.PHYSICAL_CHAN_DOES_NOT_EXIST),
        ("ai", {"min_val": 1.0, "max_val": 1.0}, Code.MIN_NOT_LESS_THAN_MAX),
    ],
)
def test_channels_that_cannot_be(task, kind, settings, code):
    with refused(code):
        task(kind, **settings)


@pytest.mark.parametrize("kind", ["ao", "ai"])
def test_limits_beyond_the_range_and_rates_beyond_the_converter(task, kind):
    wide = task(kind, max_val=11.0)
    fast = clocked(task(kind), rate=3e6)
    for refuses in (wide, fast):
        with refused(Code.INVALID_ATTRIBUTE_VALUE):
            refuses.control(TaskMode.TASK_VERIFY)


def test_a_channel_twice_in_one_task(task):
    with refused(Code.CHAN_ALREADY_IN_TASK):
        task("ao").ao_channels.add_ao_voltage_chan("Dev1/ao0")


def test_a_task_without_channels(task):
    with refused(Code.CAN_NOT_PERFORM_OP_WHEN_NO_CHANS_IN_TASK):
        task().start()


@pytest.mark.parametrize("volts", [5.001, -5.001, 100.0])
def test_volts_beyond_the_channels_limits_are_not_put_out(task, server, volts):
    with refused(Code.INVALID_AO_DATA_WRITE):
        task("ao").write(volts, auto_start=True)
    assert server.state()["output_v"] == 0.0


def test_a_converter_reserved_by_another_task(task):
    first, second = clocked(task("ao")), clocked(task("ao", name="Dev1/ao1"))
    first.control(TaskMode.TASK_RESERVE)
    with refused(Code.PAL_RESOURCE_RESERVED):
        second.control(TaskMode.TASK_RESERVE)
    first.control(TaskMode.TASK_UNRESERVE)
    second.control(TaskMode.TASK_RESERVE)


def test_reading_before_the_clock_runs(task):
    waiting = clocked(task("ai"), source="/Dev1/ao/SampleClock")
    waiting.start()
    with refused(Code.SAMPLES_NOT_YET_AVAILABLE):
        waiting.read(10, timeout=0.02)
    with refused(Code.WAIT_UNTIL_DONE_DOES_NOT_INDICATE_DONE):
        waiting.wait_until_done(timeout=0.02)


def test_reading_more_than_was_acquired(task):
    source = clocked(task("ai"))
    assert len(source.read(10)) == 10
    with refused(Code.SAMPLES_WILL_NEVER_BE_AVAILABLE):
        source.read(1)


def test_starting_without_data_and_starting_twice(task):
    output = clocked(task("ao"))
    with refused(Code.OUTPUT_BUFFER_EMPTY):
        output.start()
    output.write(np.zeros(10), auto_start=True)
    with refused(Code.CAN_NOT_PERFORM_OP_WHILE_TASK_RUNNING):
        output.start()


def test_writing_more_than_fits_or_after_the_end(task):
    output = clocked(task("ao"))
    with refused(Code.SAMPLES_CAN_NOT_YET_BE_WRITTEN):
        output.write(np.zeros(11))
    output.write(np.zeros(10), auto_start=True)
    with refused(Code.SAMPLES_WILL_NEVER_BE_GENERATED):
        output.write(np.zeros(10))


@pytest.mark.parametrize(("kind", "clock"), [("ao", "/Dev1/PFI0"), ("ai", "/Dev2/x")])
def test_clocks_that_cannot_be_routed(task, kind, clock):
    with refused(Code.INVALID_ROUTING_SOURCE_TERMINAL_NAME_ROUTING):
        clocked(task(kind), source=clock).control(TaskMode.TASK_VERIFY)


def test_continuous_sampling_and_unknown_attributes(task):
    output = task("ao")
    with refused(Code.INVALID_ATTRIBUTE_VALUE):
        clocked(output, sample_mode=AcquisitionType.CONTINUOUS)
    with refused(Code.ATTR_NOT_SUPPORTED):
        _ = output.ao_channels[0].ao_dac_rng_high


def test_a_task_that_was_cleared(task):
    output = task("ao")
    handle, interpreter = output._handle, output._interpreter
    interpreter.clear_task(handle)
    with refused(Code.INVALID_TASK):
        output.start()
    output._handle, _ = interpreter.create_task("")


def test_rates_are_coerced_to_a_divisor_of_the_timebase(task):
    assert clocked(task("ao"), rate=3e5).timing.samp_clk_rate == 1e8 / 333


def test_stopping_returns_a_task_to_where_it_was_started_from(task):
    implicit, other = clocked(task("ao")), clocked(task("ao", name="Dev1/ao1"))
    implicit.write(np.zeros(10), auto_start=True)
    implicit.stop()
    other.control(TaskMode.TASK_COMMIT)
    other.write(np.zeros(10), auto_start=True)
    other.stop()
    with refused(Code.PAL_RESOURCE_RESERVED):
        implicit.start()


def test_scaled_and_raw_reading_agree(task):
    source = clocked(task("ai"), source="/Dev1/ao/SampleClock")
    output = clocked(task("ao"))
    output.write(np.array([0, 5, -5, 5, 2, 1, 0, 0, 0, 0.0]))
    read = []
    for how in (lambda: source.read(10), lambda: source.in_stream.read(10)):
        source.start()
        output.start()
        read.append(np.array(how()))
        assert output.is_task_done()
        assert source.is_task_done()
        source.stop()
        output.stop()
    scaled, raw = read
    assert raw.any()
    assert scaled == pytest.approx(raw * source.ai_channels[0].ai_dev_scaling_coeff[1])
