"""For each check of devices there are devices that only it catches."""

import numpy as np
import pytest
from pydantic import Field

import pnn_core as pnn
from pnn_core.testing import Exempt, ToyDevice, against, outcome
from pnn_core.testing.life_checks import LIFE_CHECKS


class Nameless(ToyDevice):
    """A toy with a setting that says nothing."""

    class Config(ToyDevice.Config):
        gain_spread: float = Field(0.0, ge=0)


class Unitless(ToyDevice):
    """Has a time in seconds, or perhaps not."""

    class Config(ToyDevice.Config):
        wait: float = Field(0.0, ge=0, description="How long it rests.")


class Scaled(ToyDevice):
    """Has a time in milliseconds."""

    class Config(ToyDevice.Config):
        wait_ms: int = Field(0, ge=0, description="How long it rests.")


class Bare(ToyDevice):
    """Does not say what its outputs are."""

    outputs = pnn.SignalSpec((4,), "", low=-2.0, high=2.0)


class Lonely(ToyDevice):
    """Names a twin that nobody has."""

    twin = "nobody"


class Eager(ToyDevice):
    """Connects in its constructor."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.connect()


class Opening(ToyDevice):
    """Opens itself when it is run."""

    def run(self, inputs, params=()):
        if self.is_open:
            return super().run(inputs, params)
        with self:
            return super().run(inputs, params)


class Loud(ToyDevice):
    """Amplifies behind the check of its outputs."""

    def run(self, inputs, params=()):
        return 10 * super().run(inputs, params)


class Clipping(ToyDevice):
    """Moves what is out of range onto the limit."""

    def run(self, inputs, params=()):
        clipped = np.clip(inputs, self.inputs.low, self.inputs.high)
        kept = np.clip(params, self.params.low, self.params.high)
        return super().run(clipped, kept)


class Scribbling(ToyDevice):
    """Writes into what it was given, past the read-only view."""

    def measure(self, inputs, params):
        outputs = super().measure(inputs, params)
        inputs.base[...] = np.nextafter(inputs, np.float32(9))
        return outputs


class Averaging(ToyDevice):
    """Subtracts a part of the mean of the batch."""

    def measure(self, inputs, params):
        outputs = super().measure(inputs, params)
        return outputs - 0.1 * outputs.mean(0)


class Warming(ToyDevice):
    """Drifts with every batch, from when it is opened."""

    def connect(self):
        super().connect()
        self.warmth = 0.0

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


MUTANTS = {
    "is-documented": [Nameless],
    "states-units": [Unitless, Scaled],
    "signals-have-units": [Bare],
    "has-its-twin": [Lonely],
    "builds-without-hardware": [Eager],
    "refuses-to-run-closed": [Opening],
    "measures-declared-shape": [Loud],
    "refuses-out-of-range": [Clipping],
    "leaves-signals-alone": [Scribbling],
    "keeps-examples-apart": [Averaging, Warming],
    "repeats-from-its-seed": [Unseeded, Running],
}


def test_every_check_has_a_device_that_it_catches():
    """Those that run a device out of order are in test_conformance_lives.py."""
    names = [check.name for check in against("device", ToyDevice)]
    assert list(MUTANTS) == names[: -len(LIFE_CHECKS)]


@pytest.mark.parametrize(
    ("name", "device"),
    [(name, device) for name, devices in MUTANTS.items() for device in devices],
)
def test_only_this_check_catches_a_device(toy, name, device):
    ended = [outcome(check) for check in against("device", device)]
    assert {
        r["check"]: r["detail"] for r in ended if r["state"] == "failed"
    }.keys() == {name}


def test_what_does_not_apply_to_hardware_is_exempt_with_a_reason(toy):
    class Hardware(ToyDevice):
        """A rig without a twin."""

        virtual = False
        name = "rig"

    ended = [outcome(check) for check in against("device", Hardware)]
    exempt = {r["check"]: r["detail"] for r in ended if r["state"] == "exempt"}
    assert set(exempt) == {
        "has-its-twin",
        "keeps-examples-apart",
        "repeats-from-its-seed",
    }
    assert all(exempt.values())
    assert "failed" not in {r["state"] for r in ended}


def test_noise_without_a_switch_exempts_from_comparing_batches():
    class Noisy(ToyDevice):
        class Config(pnn.Config):
            pass

        def measure(self, inputs, params):
            return np.tanh(inputs) + 0.01 * self.rng.standard_normal(inputs.shape)

        def connect(self):
            self.rng = np.random.default_rng(0)

    (apart,) = [c for c in against("device", Noisy) if c.name == "keeps-examples-apart"]
    with pytest.raises(Exempt, match="noise"):
        apart()
