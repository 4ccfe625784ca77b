"""Every check of the kit catches a component that breaks its law."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from pydantic import Field

import pnn_core as pnn
from pnn_core import hookimpl
from pnn_core.testing import (
    Check,
    Exempt,
    ToyDevice,
    ToyPlugin,
    ToyTwin,
    checks,
    conformance,
    outcome,
)
from pnn_core.testing.device_checks import DEVICE_CHECKS
from pnn_core.testing.twin_checks import TWIN_CHECKS


class Undocumented(ToyDevice):
    """A toy with a setting that says nothing."""

    class Config(ToyDevice.Config):
        """Settings."""

        gain: float = Field(1.0, ge=0)


class Eager(ToyDevice):
    """Connects in its constructor."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.connect()


class Lax(ToyDevice):
    """Replaces `run`: works closed, clips, counts nothing, survives nothing."""

    def run(self, inputs, params=()):
        self.connect()
        clipped = np.clip(inputs, self.inputs.low, self.inputs.high)
        return self.measure(clipped, params)


class Flat(ToyDevice):
    """Loses an axis."""

    def measure(self, inputs, params):
        return super().measure(inputs, params).sum(1)


class Scribbling(ToyDevice):
    """Writes into what it was given, past the read-only view."""

    def measure(self, inputs, params):
        inputs.base[...] = 0
        return super().measure(inputs, params)


class Averaging(ToyDevice):
    """Subtracts the mean of the batch."""

    def measure(self, inputs, params):
        outputs = super().measure(inputs, params)
        return outputs - outputs.mean(0)


class Warming(ToyDevice):
    """Drifts with every example."""

    warmth = 0.0

    def measure(self, inputs, params):
        self.warmth += 0.01
        return super().measure(inputs, params) * (1 - self.warmth)


class Unseeded(ToyDevice):
    """Draws its noise from the operating system."""

    def connect(self):
        self.rng = np.random.default_rng()


class Running(ToyDevice):
    """Starts its noise once, not at every opening."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.rng = np.random.default_rng(0)

    def connect(self):
        """Forget to restart the noise."""


class Abandoned(ToyDevice):
    """Stays open when measuring fails."""

    def run(self, inputs, params=()):
        return self._measured(inputs, params)


class Once(ToyDevice):
    """Cannot be closed twice."""

    def close(self):
        del self.rng
        super().close()


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


def of(device):
    """Return the checks of a device that no plugin provides."""
    return [Check(function, device) for function in (*DEVICE_CHECKS, *TWIN_CHECKS)]


@pytest.mark.parametrize(
    ("check", "device"),
    [
        ("is-documented", Undocumented),
        ("builds-without-hardware", Eager),
        ("refuses-to-run-closed", Lax),
        ("measures-declared-shape", Flat),
        ("refuses-out-of-range", Lax),
        ("leaves-signals-alone", Scribbling),
        ("keeps-examples-apart", Averaging),
        ("keeps-examples-apart", Warming),
        ("repeats-from-its-seed", Unseeded),
        ("repeats-from-its-seed", Running),
        ("is-safe-after-a-failure", Abandoned),
        ("closes-twice", Once),
        ("counts-usage", Miscounting),
        ("counts-usage", Unmetered),
    ],
)
def test_a_device_that_breaks_a_law_is_caught(check, device):
    found = next(outcome(c) for c in of(device) if c.name == check)
    assert found["state"] == "failed"
    assert found["detail"]


class Twinned(ToyPlugin):
    """The toy, with another twin."""

    def __init__(self, twin):
        self.twin = twin

    @hookimpl
    def pnn_twins(self):
        return [self.twin]


class ThreeOutputs(ToyTwin):
    """Predicts too little."""

    def forward(self, inputs, params):
        return super().forward(inputs, params)[:, :3]


class Detached(ToyTwin):
    """Cuts the graph to the params."""

    def forward(self, inputs, params):
        return super().forward(inputs, params.detach())


class Rooted(ToyTwin):
    """Has an infinite slope in the middle of the range."""

    def forward(self, inputs, params):
        return inputs.sign() * torch.sqrt(inputs.abs() * params)


class Uphill(ToyTwin):
    """Has the wrong sign, and nothing that calibration could repair it with."""

    def forward(self, inputs, params):
        return -torch.tanh(inputs * params)


class Sideways(ToyTwin):
    """Is right about the inputs, and wrong about the params."""

    def forward(self, inputs, params):
        return torch.tanh(self.gain * inputs * (2.5 - params))


@pytest.mark.parametrize(
    ("check", "twin"),
    [
        ("twin-predicts-declared-shape", ThreeOutputs),
        ("twin-is-differentiable", Detached),
        ("twin-gradients-are-finite", Rooted),
        ("twin-points-downhill", Uphill),
        ("twin-points-downhill", Sideways),
    ],
)
def test_a_twin_that_breaks_a_law_is_caught(check, twin):
    with pnn.temporary_plugin(Twinned(twin)):
        (chosen,) = [c for c in checks("toy") if c.name == check]
        assert outcome(chosen)["state"] == "failed"


class Silent(ToyTwin):
    """Knows nothing until it is calibrated: its gain starts with the wrong sign."""

    def __init__(self, device, **settings):
        super().__init__(device, **settings)
        torch.nn.init.constant_(self.gain, -0.1)

    def warm_start(self, inputs, params, outputs):
        drive = inputs * params
        self.gain.copy_((drive * outputs).sum() / drive.square().sum())


def test_a_twin_may_need_its_calibration_to_point_downhill():
    with pnn.temporary_plugin(Twinned(Silent)):
        assert {outcome(c)["state"] for c in checks("toy")} == {"passed"}


def test_what_does_not_apply_is_exempt_with_a_reason():
    class Hardware(ToyDevice):
        """A rig without a twin."""

        virtual = False
        name = "rig"

    found = [outcome(check) for check in of(Hardware)]
    exempt = {r["check"]: r["detail"] for r in found if r["state"] == "exempt"}
    assert set(exempt) == {
        "keeps-examples-apart",
        "repeats-from-its-seed",
        "twin-predicts-declared-shape",
        "twin-is-differentiable",
        "twin-gradients-are-finite",
        "twin-points-downhill",
    }
    assert all(exempt.values())
    assert "failed" not in {r["state"] for r in found}


def test_noise_without_a_switch_exempts_from_comparing_batches():
    class Noisy(ToyDevice):
        class Config(pnn.Config):
            pass

        def measure(self, inputs, params):
            return np.tanh(inputs) + 0.01 * self.rng.standard_normal(inputs.shape)

        def connect(self):
            self.rng = np.random.default_rng(0)

    (apart,) = [c for c in of(Noisy) if c.name == "keeps-examples-apart"]
    with pytest.raises(Exempt, match="noise"):
        apart()


def test_pytest_reports_an_exemption_as_skipped(tmp_path):
    law = tmp_path / "test_law.py"
    law.write_text(
        "from pnn_core.testing import Exempt\n"
        "def test_exempt():\n    raise Exempt('no such thing')\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-rs", law], capture_output=True, text=True
    )
    assert "1 skipped" in done.stdout
    assert "no such thing" in done.stdout


with pnn.temporary_plugin(ToyPlugin()):

    @conformance("toy")
    def test_the_toy_conforms(toy, check):
        check()
