"""For each check of a device's life there are devices that only it catches."""

import numpy as np
import pytest

import pnn_core as pnn
from pnn_core.testing import ToyDevice, against, outcome
from pnn_core.testing.life_checks import LIFE_CHECKS


class Reopening(ToyDevice):
    """Is opened again whatever happened."""

    def run(self, inputs, params=()):
        was_open = self.is_open
        try:
            return super().run(inputs, params)
        finally:
            if was_open:
                self.open()


class Brave(ToyDevice):
    """Returns zeros where measuring failed."""

    def run(self, inputs, params=()):
        try:
            return super().run(inputs, params)
        except pnn.DeviceError as error:
            if error.__cause__ is None:
                raise
            return np.zeros((len(inputs), 4))


class Once(ToyDevice):
    """Cannot be closed twice."""

    def close(self):
        del self.rng
        super().close()


class Free:
    """A lock that never locks."""

    def acquire(self, blocking=True):
        return True

    def release(self):
        """Do nothing."""


class Overlapping(ToyDevice):
    """Measures for as many threads as like."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self._busy = Free()


class Touchy(ToyDevice):
    """Closes on being asked by two threads."""

    def run(self, inputs, params=()):
        try:
            return super().run(inputs, params)
        except pnn.DeviceError:
            self.close()
            raise


class Miscounting(ToyDevice):
    """Counts every example as a run."""

    def run(self, inputs, params=()):
        outputs = super().run(inputs, params)
        self.usage.runs += len(outputs) - 1
        return outputs


class Unmetered(ToyDevice):
    """Declares its power and hides its energy."""

    power_w = 2.0

    def run(self, inputs, params=()):
        outputs = super().run(inputs, params)
        self.usage.joules = None
        return outputs


MUTANTS = {
    "is-safe-after-a-failure": [Reopening, Brave],
    "closes-twice": [Once],
    "runs-one-batch-at-a-time": [Overlapping, Touchy],
    "counts-usage": [Miscounting, Unmetered],
}


def test_every_check_has_a_device_that_it_catches():
    names = [check.name for check in against("device", ToyDevice)]
    assert list(MUTANTS) == names[-len(LIFE_CHECKS) :]


@pytest.mark.parametrize(
    ("name", "device"),
    [(name, device) for name, devices in MUTANTS.items() for device in devices],
)
def test_only_this_check_catches_a_device(toy, name, device):
    ended = [outcome(check) for check in against("device", device)]
    assert {r["check"] for r in ended if r["state"] == "failed"} == {name}
