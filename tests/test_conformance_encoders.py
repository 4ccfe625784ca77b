"""For each check of encoders there are encoders that only it catches."""

import pytest
import torch
from pydantic import Field

import pnn_core as pnn
from pnn_core.encoder import filled, unit_to_range
from pnn_core.testing import against, outcome


class Nameless(pnn.AffineEncoder):
    """Has a setting that says nothing."""

    class Config(pnn.AffineEncoder.Config):
        channels: int = 1


class Unitless(pnn.AffineEncoder):
    """Has a delay without a unit."""

    class Config(pnn.AffineEncoder.Config):
        delay: float = Field(0.0, description="Where the features begin.")


class Flat(pnn.AffineEncoder):
    """Has an axis too many."""

    def forward(self, features):
        return super().forward(features)[..., None]


class Doubling(pnn.AffineEncoder):
    """Computes in double precision, whatever it is given."""

    def forward(self, features):
        return super().forward(features).double()


class Unbounded(pnn.AffineEncoder):
    """Leaves it to the features where the signal ends."""

    def forward(self, features):
        full = filled(features, self.spec.shape, "It")
        return unit_to_range(self.gain * full + self.offset, self.spec)


class Idle(pnn.AffineEncoder):
    """Has a weight that does nothing."""

    def __init__(self, spec, **settings):
        super().__init__(spec, **settings)
        self.spare = torch.nn.Parameter(torch.ones(2))


class Straight(pnn.AffineEncoder):
    """Has the gradient of another function than its own."""

    def forward(self, features):
        signal = super().forward(features)
        return signal + (0.5 * signal.square() / 3 - signal / 2).detach() * 0.1


class Mixing(pnn.AffineEncoder):
    """Subtracts the mean of the batch."""

    def forward(self, features):
        return super().forward(0.5 * (features - features.mean(0)))


class Counting(pnn.AffineEncoder):
    """Counts its batches in evaluation too."""

    def __init__(self, spec, **settings):
        super().__init__(spec, **settings)
        self.register_buffer("batches", torch.zeros(()))

    def forward(self, features):
        self.batches += 1
        return super().forward(features)


MUTANTS = {
    "encoder-is-documented": [Nameless],
    "encoder-states-units": [Unitless],
    "encoder-encodes-declared-shape": [Flat, Doubling],
    "encoder-never-leaves-its-range": [Unbounded],
    "encoder-moves-every-weight": [Idle],
    "encoder-has-exact-gradients": [Straight],
    "encoder-encodes-examples-apart": [Mixing],
    "encoder-is-the-same-once-trained": [Counting],
}


def test_every_check_has_an_encoder_that_it_catches():
    found = [check.name for check in against("encoder", pnn.AffineEncoder)]
    assert list(MUTANTS) == found


@pytest.mark.parametrize(
    ("name", "encoder"),
    [(name, cls) for name, found in MUTANTS.items() for cls in found],
)
def test_only_this_check_catches_an_encoder(name, encoder):
    ended = [outcome(check) for check in against("encoder", encoder)]
    assert {r["check"] for r in ended if r["state"] == "failed"} == {name}


def test_an_encoder_that_counts_its_features_is_told_how_many():
    class Linear(pnn.Encoder):
        """A linear map, clipped."""

        name = "linear"

        class Config(pnn.Config):
            features: int = Field(ge=1, description="Features of an example.")

        def __init__(self, spec, **settings):
            super().__init__(spec, **settings)
            self.map = torch.nn.Linear(self.config.features, spec.size)

        def forward(self, features):
            return unit_to_range(self.map(features).tanh(), self.spec)

    ended = [outcome(check) for check in against("encoder", Linear)]
    assert {r["state"] for r in ended} == {"passed"}
