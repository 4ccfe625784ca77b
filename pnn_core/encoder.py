"""Encoders: features in, device inputs out, differentiably."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import torch
from pydantic import Field
from torch import Tensor, nn

from pnn_core import config
from pnn_core.errors import SignalError
from pnn_core.signals import SignalSpec


class Encoder(nn.Module, ABC):
    """Turn a batch of features into signals a device accepts.

    An encoder never leaves the range of `spec`, whatever the features. How far the
    features asked it to is its `overdrive`, which a trainer adds to the loss.

    Args:
        spec: The device's `inputs`.
        **settings: Fields of this encoder's nested `Config`.
    """

    name: ClassVar[str]
    """What users type to choose this encoder. Unique among installed encoders."""

    Config: ClassVar[type[config.Config]] = config.Config

    overdrive: Tensor | None = None
    """Penalty for leaving the range in the last forward pass, or None."""

    def __init__(self, spec: SignalSpec, **settings: Any) -> None:
        super().__init__()
        self.spec = spec
        self.config = config.validated(self.Config, settings, owner=self.name)

    @abstractmethod
    def forward(self, features: Tensor) -> Tensor:
        """Encode features of shape [batch, *any] as inputs [batch, *spec.shape]."""


class AffineEncoder(Encoder):
    """Rescale each feature by a trained gain and offset onto the device's range.

    inputs = middle + half_span * clip(gain * features + offset, -1, 1), with one
    gain and one offset per element of the device's inputs: the element-wise encoding
    of Wright, Onodera et al., Nature 601, 549 (2022). Fewer features than elements
    are repeated; more are refused. Clipping passes no gradient, so `overdrive` =
    mean softplus(20 v) / 20, with v = |gain * features + offset| - 1, pushes back.
    """

    name = "affine"

    class Config(config.Config):
        """Settings of the encoder."""

        gain: float = Field(1.0, gt=0, description="Every gain, at the start.")

    config: Config

    def __init__(self, spec: SignalSpec, **settings: Any) -> None:
        super().__init__(spec, **settings)
        self.gain = nn.Parameter(torch.full(spec.shape, self.config.gain))
        self.offset = nn.Parameter(torch.zeros(spec.shape))

    def forward(self, features: Tensor) -> Tensor:
        """Encode, and note the overdrive while training."""
        full = filled(features, self.spec.shape, f"Encoder {self.name!r}")
        unit = self.gain * full + self.offset
        if self.training and torch.is_grad_enabled():
            violation = unit.abs() - 1
            self.overdrive = nn.functional.softplus(violation, beta=20).mean()
        else:
            self.overdrive = None
        return unit_to_range(unit.clamp(-1, 1), self.spec)


def filled(features: Tensor, shape: tuple[int, ...], who: str) -> Tensor:
    """Return features [batch, *any] as [batch, *shape], repeated to fill it.

    Args:
        features: At most as many per example as `shape` has elements.
        shape: Of one example.
        who: Needs them, for the error message.

    Raises:
        SignalError: If there are more features than room for them.
    """
    flat = features.flatten(1)
    size = torch.Size(shape).numel()
    if flat.shape[1] > size:
        raise SignalError(
            f"{who} has room for {size} features, got {flat.shape[1]}.\n"
            f"  Pool or crop the features, or give the device longer signals."
        )
    if flat.shape[1] < size:
        flat = flat.repeat(1, -(-size // flat.shape[1]))[:, :size]
    return flat.reshape(-1, *shape)


def unit_to_range(unit: Tensor, spec: SignalSpec) -> Tensor:
    """Map values in [-1, 1] linearly onto [spec.low, spec.high]."""
    middle, half = (spec.low + spec.high) / 2, (spec.high - spec.low) / 2
    signal = unit if half == 1 else unit * half
    return signal if middle == 0 else signal + middle
