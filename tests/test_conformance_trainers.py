"""For each check of trainers there are trainers that only it catches."""

import pytest
import torch
from pydantic import Field

import pnn_core as pnn
from pnn_core.gradient import PATTrainer
from pnn_core.network import set_levels
from pnn_core.testing import against, outcome
from pnn_core.trainer import devices


class Nameless(PATTrainer):
    """Has a setting that says nothing."""

    class Config(PATTrainer.Config):
        patience: int = 3


class Unitless(PATTrainer):
    """Has a pause without a unit."""

    class Config(PATTrainer.Config):
        pause: float = Field(0.0, description="Between two updates.")


class Climbing(PATTrainer):
    """Follows the gradient up."""

    def step(self, network, optimizer, features, labels):
        for group in optimizer.param_groups:
            group["maximize"] = True
        return super().step(network, optimizer, features, labels)


class Greedy(PATTrainer):
    """Measures once more than it says."""

    def fit(self, network, train, validation=None, **told):
        history = super().fit(network, train, validation, **told)
        set_levels(network, torch.from_numpy(train.features))
        return history


class Closing(PATTrainer):
    """Closes the device at the end."""

    def fit(self, network, train, validation=None, **told):
        history = super().fit(network, train, validation, **told)
        for device in devices(network):
            device.close()
        return history


class Opening(PATTrainer):
    """Opens a device that it does not need."""

    forward_on = "twin"

    def fit(self, network, train, validation=None, **told):
        for device in devices(network):
            device.open()
        return super().fit(network, train, validation, **told)


class Tuning(PATTrainer):
    """Trains the twin as well."""

    def fit(self, network, train, validation=None, **told):
        history = super().fit(network, train, validation, **told)
        for layer in network.modules():
            if isinstance(layer, pnn.PhysicalLayer):
                layer.twin.gain.mul_(1.01)
        return history


class Moving(PATTrainer):
    """Leaves the layers running on the device."""

    def fit(self, network, train, validation=None, **told):
        history = super().fit(network, train, validation, **told)
        for layer in network.modules():
            if isinstance(layer, pnn.PhysicalLayer):
                layer.forward_on = "device"
        return history


class Jittery(PATTrainer):
    """Shakes its features by the global generator."""

    def step(self, network, optimizer, features, labels):
        features = features + 0.01 * torch.rand_like(features)
        return super().step(network, optimizer, features, labels)


class Secretive(PATTrainer):
    """Tells nothing while it trains."""

    def fit(self, network, train, validation=None, *, report=None, tick=None):
        return super().fit(network, train, validation, tick=tick)


MUTANTS = {
    "trainer-is-documented": [Nameless],
    "trainer-states-units": [Unitless],
    "trainer-lowers-the-loss": [Climbing],
    "trainer-spends-no-more-than-it-says": [Greedy],
    "trainer-leaves-the-device-as-it-was": [Closing, Opening],
    "trainer-changes-nothing-but-weights": [Tuning, Moving],
    "trainer-repeats-from-its-seed": [Jittery],
    "trainer-tells-every-epoch": [Secretive],
}


def test_every_check_has_a_trainer_that_it_catches():
    found = [check.name for check in against("trainer", PATTrainer)]
    assert list(MUTANTS) == found


@pytest.mark.parametrize(
    ("name", "trainer"),
    [(name, cls) for name, found in MUTANTS.items() for cls in found],
)
def test_only_this_check_catches_a_trainer(name, trainer):
    ended = [outcome(check) for check in against("trainer", trainer)]
    assert {r["check"] for r in ended if r["state"] == "failed"} == {name}


def test_a_trainer_that_declares_no_examples_is_exempt():
    class Undeclared(PATTrainer):
        """Does not know."""

        def most_examples(self, train, validation=0):
            return None

    ended = {r["check"]: r for r in map(outcome, against("trainer", Undeclared))}
    found = ended["trainer-spends-no-more-than-it-says"]
    assert found["state"] == "exempt"
    assert "most_examples" in found["detail"]
