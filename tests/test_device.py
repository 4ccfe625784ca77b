"""Laws of `Device`: one door to the physics, safe whatever happens behind it."""

import copy
import pickle
import subprocess
import sys
import threading

import numpy as np
import pytest

import pnn_core as pnn
from pnn_core.testing import ToyDevice

INPUTS, PARAMS = np.full((5, 4), 0.5, np.float32), np.ones(4, np.float32)


class Rig(ToyDevice):
    """A toy that writes down when it is connected and disconnected."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.calls = []

    def connect(self):
        self.calls.append("connect")
        super().connect()

    def disconnect(self):
        self.calls.append("disconnect")


def failing(error):
    class Failing(Rig):
        def measure(self, inputs, params):
            raise error

    return Failing()


def test_a_failure_while_measuring_leaves_it_safe_and_is_explained():
    cause = OSError("unplugged")
    device = failing(cause).open()
    with pytest.raises(
        pnn.DeviceError, match=r"5 examples: OSError: unplugged"
    ) as caught:
        device.run(INPUTS, PARAMS)
    assert caught.value.__cause__ is cause
    assert device.calls == ["connect", "disconnect"]
    assert not device.is_open
    assert device.usage.runs == 0


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1)])
def test_an_interruption_leaves_it_safe_and_passes_unchanged(error):
    device = failing(error).open()
    with pytest.raises(type(error)) as caught:
        device.run(INPUTS, PARAMS)
    assert caught.value is error
    assert device.calls == ["connect", "disconnect"]
    assert not device.is_open


def test_it_can_be_opened_again_after_a_failure():
    device = failing(OSError("unplugged")).open()
    with pytest.raises(pnn.DeviceError):
        device.run(INPUTS, PARAMS)
    with pytest.raises(pnn.DeviceError, match="is not open"):
        device.run(INPUTS, PARAMS)
    assert device.open().is_open
    device.close()


def test_failing_to_make_it_safe_is_noted_on_the_first_error():
    class Stuck(Rig):
        def measure(self, inputs, params):
            raise OSError("unplugged")

        def disconnect(self):
            raise OSError("relay stuck")

    with pytest.raises(pnn.DeviceError, match="unplugged") as caught:
        Stuck().open().run(INPUTS, PARAMS)
    (note,) = caught.value.__notes__
    assert "could not be made safe either: OSError: relay stuck" in note


def test_a_connection_that_fails_half_way_is_released():
    class Half(Rig):
        def connect(self):
            super().connect()
            raise OSError("no microphone")

    device = Half()
    with pytest.raises(pnn.DeviceError, match="could not be opened: OSError: no micro"):
        device.open()
    assert device.calls == ["connect", "disconnect"]
    assert not device.is_open


def test_opening_and_closing_twice_do_it_once():
    device = Rig()
    assert device.open() is device.open()
    device.close()
    device.close()
    assert device.calls == ["connect", "disconnect"]


def test_a_device_left_open_is_disconnected_when_python_ends():
    program = (
        "from pnn_core.testing import ToyDevice\n"
        "class Rig(ToyDevice):\n"
        "    def disconnect(self): print('disconnected')\n"
        "Rig().open()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True
    )
    assert done.stdout == "disconnected\n"


def test_leaving_a_with_block_by_an_exception_closes_it():
    with pytest.raises(ZeroDivisionError), Rig() as device:
        raise ZeroDivisionError
    assert device.calls == ["connect", "disconnect"]


def test_refusing_a_signal_costs_nothing_and_leaves_it_open():
    with Rig() as device:
        with pytest.raises(pnn.SignalError, match=r"toy\.inputs accepts"):
            device.run(2 * np.ones((1, 4)), PARAMS)
        with pytest.raises(pnn.SignalError, match=r"toy\.params expects shape \[4\]"):
            device.run(INPUTS)
        assert device.is_open
        assert device.usage.runs == 0


def test_usage_adds_up_runs_examples_seconds_and_joules():
    class Powered(ToyDevice):
        power_w = 2.0

    with Powered() as device:
        device.run(INPUTS, PARAMS)
        device.run(INPUTS[:2], PARAMS)
    spent = device.usage
    assert (spent.runs, spent.examples) == (2, 7)
    assert spent.joules == pytest.approx(2.0 * spent.seconds, rel=1e-12)


def test_usage_of_several_devices_adds_and_subtracts():
    known, unknown = pnn.Usage(2, 10, 1.0, 3.0), pnn.Usage(1, 5, 0.5)
    assert known + unknown == pnn.Usage(3, 15, 1.5, 3.0)
    assert (known + unknown) - known == pnn.Usage(1, 5, 0.5, 0.0)
    assert unknown - pnn.Usage() == unknown


def test_outputs_share_no_memory_with_the_device_or_the_inputs():
    class Buffered(ToyDevice):
        def measure(self, inputs, params):
            self.buffer = inputs
            return self.buffer

    inputs = INPUTS.copy()
    with Buffered() as device:
        outputs = device.run(inputs, PARAMS)
        assert not np.shares_memory(outputs, device.buffer)
        outputs[...] = 0
    assert np.array_equal(inputs, INPUTS)


def test_a_device_cannot_write_into_its_signals_by_accident():
    class Careless(ToyDevice):
        def measure(self, inputs, params):
            inputs *= 2
            return inputs

    with Careless() as device, pytest.raises(pnn.DeviceError, match="read-only"):
        device.run(INPUTS.copy(), PARAMS)


def test_a_deep_copy_is_the_device_itself():
    device = ToyDevice()
    assert copy.deepcopy({"device": device})["device"] is device


def test_a_pickled_device_arrives_closed_and_unused_with_its_settings():
    with ToyDevice(noise_v=0.02) as device:
        device.run(INPUTS, PARAMS)
        arrived = pickle.loads(pickle.dumps(device))
    assert arrived.config == device.config
    assert not arrived.is_open
    assert arrived.usage == pnn.Usage()


def test_a_second_thread_is_refused_while_a_batch_runs():
    entered, leave = threading.Event(), threading.Event()

    class Slow(Rig):
        def measure(self, inputs, params):
            entered.set()
            leave.wait(10)
            return super().measure(inputs, params)

    with Slow() as device:
        first = threading.Thread(target=device.run, args=(INPUTS, PARAMS))
        first.start()
        entered.wait(10)
        with pytest.raises(pnn.DeviceError, match="is busy"):
            device.run(INPUTS, PARAMS)
        leave.set()
        first.join()
        assert device.is_open
        assert device.usage.runs == 1
