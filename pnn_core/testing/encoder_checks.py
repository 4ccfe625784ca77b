"""What an encoder must do, on a small signal.

An encoder that must know how many features there are has a setting `features`.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.autograd.gradcheck import GradcheckError, gradcheck
from torch.func import functional_call

from pnn_core.encoder import Encoder
from pnn_core.signals import SignalSpec

__all__ = ["ENCODER_CHECKS"]

SPEC = SignalSpec(shape=(6,), unit="V", low=-2.0, high=3.0)
"""Not centred on 0, so that a lost offset shows."""

COUNT = 4
"""Features of an example: fewer than the signal has elements."""


def encodes_declared_shape(cls: type[Encoder]) -> None:
    """Signals have the shape of the spec and the features' dtype, for 1 and 3."""
    encoder = _warm(cls)
    for batch in (1, 3):
        signal = encoder(_features(batch))
        wanted = (batch, *SPEC.shape)
        assert signal.shape == wanted, (
            f"{cls.name} encodes as {tuple(signal.shape)}, need {wanted}"
        )
        assert signal.dtype == torch.float32, (
            f"{cls.name} encodes float32 features as {signal.dtype}"
        )


def never_leaves_its_range(cls: type[Encoder]) -> None:
    """Whatever the features and weights are, signals stay within the spec."""
    encoder, slack = _warm(cls), 1e-6 * (SPEC.high - SPEC.low)
    for factor in (1.0, 1e3):
        with torch.no_grad():
            for weight in encoder.parameters():
                weight.mul_(factor)
        for scale in (1.0, -1e4, 1e4):
            for mode in (True, False):
                signal = encoder.train(mode)(scale * _features(8))
                least, most = signal.min().item(), signal.max().item()
                assert SPEC.low - slack <= least <= most <= SPEC.high + slack, (
                    f"{cls.name} accepts {SPEC.low:g} to {SPEC.high:g}, and encodes "
                    f"features up to {abs(scale):g} as {least:.4g} to {most:.4g}"
                )


def moves_every_weight(cls: type[Encoder]) -> None:
    """In training a gradient reaches the features and every weight, and is finite."""
    encoder, features = _warm(cls).train(), _features(8).requires_grad_()
    signal = encoder(features)
    loss = (signal * torch.linspace(1, 2, signal.numel()).reshape(signal.shape)).sum()
    if encoder.overdrive is not None:
        loss = loss + encoder.overdrive
    named = {"its features": features, **dict(encoder.named_parameters())}
    found = torch.autograd.grad(loss, list(named.values()), allow_unused=True)
    for name, gradient in zip(named, found, strict=True):
        reached = gradient is not None and bool(gradient.any())
        assert reached, f"{cls.name}: no gradient reaches {name}, as it is built"
        assert gradient.isfinite().all(), (
            f"{cls.name}: the gradient in {name} is not finite"
        )


def has_exact_gradients(cls: type[Encoder]) -> None:
    """Gradients in features and weights are those of finite differences."""
    encoder = _warm(cls).double()
    names = list(dict(encoder.named_parameters()))

    def encode(features: Tensor, *weights: Tensor) -> Tensor:
        signal: Tensor = functional_call(
            encoder, dict(zip(names, weights, strict=True)), features
        )
        return signal

    weights = [w.detach().clone().requires_grad_() for w in encoder.parameters()]
    features = _features(3).double().requires_grad_()
    try:
        gradcheck(encode, (features, *weights))
    except GradcheckError as error:
        raise AssertionError(f"{cls.name}: {error}") from None


def encodes_examples_apart(cls: type[Encoder]) -> None:
    """In evaluation an example alone is encoded as it is in a batch."""
    encoder, features = _warm(cls), _features(3)
    together = encoder(features)
    alone = torch.cat([encoder(example) for example in features[:, None]])
    error = (alone - together).abs().max().item() / (SPEC.high - SPEC.low)
    assert error < 1e-5, (
        f"{cls.name} encodes an example otherwise alone than in a batch: by "
        f"{error:.2g} of the range, need < 1e-5"
    )


def is_the_same_once_trained(cls: type[Encoder]) -> None:
    """In evaluation an encoder draws nothing at random, and changes nothing."""
    encoder, features = _warm(cls), _features(3)
    before = {name: t.clone() for name, t in encoder.state_dict().items()}
    first, second = encoder(features), encoder(features)
    assert torch.equal(first, second), f"{cls.name} encodes otherwise the second time"
    changed = [
        name
        for name, tensor in encoder.state_dict().items()
        if not torch.equal(tensor, before[name])
    ]
    assert not changed, f"{cls.name}: evaluating changes {', '.join(changed)}"


def _warm(cls: type[Encoder]) -> Encoder:
    """Return an encoder in evaluation that has seen one batch in training."""
    counted = "features" in cls.Config.model_fields
    with torch.random.fork_rng():
        torch.manual_seed(0)
        encoder = cls(SPEC, **({"features": COUNT} if counted else {}))
    encoder.train()(_features(8))
    return encoder.eval()


def _features(batch: int) -> Tensor:
    """Return features between 0 and 1, [batch, feature]."""
    return torch.rand(batch, COUNT, generator=torch.Generator().manual_seed(batch))


ENCODER_CHECKS = (
    encodes_declared_shape,
    never_leaves_its_range,
    moves_every_weight,
    has_exact_gradients,
    encodes_examples_apart,
    is_the_same_once_trained,
)
