"""For each check of twins there are twins that only it catches."""

import pytest
import torch
from pydantic import Field

import pnn_core as pnn
from pnn_core import hookimpl
from pnn_core.testing import ToyDevice, ToyPlugin, ToyTwin, against, checks, outcome


class Nameless(ToyTwin):
    """Has a setting that says nothing."""

    class Config(pnn.Config):
        hidden: int = 3


class Unitless(ToyTwin):
    """Has a distance without a unit."""

    class Config(pnn.Config):
        distance: float = Field(1.0, description="From here to there.")


class Squeezing(ToyTwin):
    """Loses the batch axis of a single example."""

    def forward(self, inputs, params):
        outputs = super().forward(inputs, params)
        return outputs[0] if len(outputs) == 1 else outputs


class Random(ToyTwin):
    """Has a little noise of its own."""

    def forward(self, inputs, params):
        return super().forward(inputs, params) + 1e-6 * torch.rand(4)


class Counting(ToyTwin):
    """Counts its backward passes."""

    def __init__(self, device, **settings):
        super().__init__(device, **settings)
        self.register_buffer("passes", torch.zeros(()))

    def forward(self, inputs, params):
        outputs = super().forward(inputs, params)
        if outputs.requires_grad:
            outputs.register_hook(lambda _: self.passes.add_(1) and None)
        return outputs


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


MUTANTS = {
    "twin-is-documented": [Nameless],
    "twin-states-units": [Unitless],
    "twin-predicts-declared-shape": [Squeezing],
    "twin-is-differentiable": [Random],
    "twin-leaves-its-state-alone": [Counting],
    "twin-gradients-are-finite": [Rooted],
    "twin-points-downhill": [Uphill, Sideways],
}


def test_every_check_has_a_twin_that_it_catches():
    found = [check.name for check in against("twin", ToyDevice, ToyTwin)]
    assert list(MUTANTS) == found


@pytest.mark.parametrize(
    ("name", "twin"),
    [(name, twin) for name, twins in MUTANTS.items() for twin in twins],
)
def test_only_this_check_catches_a_twin(name, twin):
    ended = [outcome(check) for check in against("twin", ToyDevice, twin)]
    assert {r["check"] for r in ended if r["state"] == "failed"} == {name}


def test_gradient_that_is_cut_off_is_caught():
    class Detached(ToyTwin):
        """Cuts the graph to the params."""

        def forward(self, inputs, params):
            return super().forward(inputs, params.detach())

    ended = {
        r["check"]: r["state"]
        for r in map(outcome, against("twin", ToyDevice, Detached))
    }
    assert ended["twin-is-differentiable"] == "failed"


class Silent(ToyTwin):
    """Knows nothing until it is calibrated: its gain starts with the wrong sign."""

    def __init__(self, device, **settings):
        super().__init__(device, **settings)
        torch.nn.init.constant_(self.gain, -0.1)

    def warm_start(self, inputs, params, outputs):
        drive = inputs * params
        self.gain.copy_((drive * outputs).sum() / drive.square().sum())


def test_a_twin_may_need_its_calibration_to_point_downhill():
    ended = [outcome(check) for check in against("twin", ToyDevice, Silent)]
    assert {r["state"] for r in ended} == {"passed"}


class Two(ToyPlugin):
    """A twin for the toy that is not the toy's own."""

    @hookimpl
    def pnn_twins(self):
        class Other(ToyTwin):
            """Another."""

            name = "other"

        return [Other, ToyTwin]


@pytest.mark.parametrize(
    ("name", "on", "device"),
    [
        ("toy", None, "toy"),
        ("other", None, "toy"),
        ("learned", None, "toy"),
        ("learned", "toy", "toy"),
    ],
)
def test_a_twin_is_checked_on_a_device_that_it_fits(name, on, device):
    with pnn.temporary_plugin(Two()):
        found = checks(name, "twin", on=on)
    assert {c.classes[0].name for c in found if len(c.classes) > 1} == {device}
    assert {c.classes[-1].name for c in found} == {name}


def test_checks_of_a_device_without_a_twin_say_so():
    class Alone(ToyPlugin):
        @hookimpl
        def pnn_twins(self):
            return []

    with pnn.temporary_plugin(Alone()):
        ended = [outcome(c) for c in checks("toy", "device") if c.kind == "twin"]
    assert {r["state"] for r in ended} == {"exempt"}
    assert all("'learned' fits any device" in r["detail"] for r in ended)
