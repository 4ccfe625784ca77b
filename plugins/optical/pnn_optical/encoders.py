"""Encoders: features and trained values that share the spectrum, or a linear map."""

from __future__ import annotations

from typing import Any

import torch
from pydantic import Field
from torch import Tensor, nn

import pnn_core as pnn
from pnn_core.encoder import filled, unit_to_range

__all__ = ["DigitalLinearEncoder", "SpectrumEncoder"]


class SpectrumEncoder(pnn.Encoder):
    """Features on the red side of the spectrum, trained values on the blue side.

    A carrier pixel holds gain (x - centre) / spread + offset, clipped to the range,
    with trained gain and offset; centre and spread are mean and deviation of its
    feature over the first batch, and then held. Fewer features than carriers are
    repeated; of more, neighbours are averaged. `overdrive` is that of
    `pnn.AffineEncoder`, trained pixels included.
    """

    name = "optical-spectrum"

    class Config(pnn.Config):
        """Settings of the encoder."""

        carriers: float = Field(
            0.5, gt=0, lt=1, description="Share of the pixels that carry features."
        )
        least_spread: float = Field(
            0.1, gt=0, description="Spread below which a feature is not amplified."
        )
        seed: int = Field(0, ge=0, description="Seed of the trained pixels at first.")

    config: Config
    centre: Tensor
    spread: Tensor

    def __init__(self, spec: pnn.SignalSpec, **settings: Any) -> None:
        super().__init__(spec, **settings)
        *channels, pixels = spec.shape
        carriers = min(max(1, round(self.config.carriers * pixels)), pixels - 1)
        self.shape = (*channels, carriers)
        rng = torch.Generator().manual_seed(self.config.seed)
        drawn = torch.rand((*channels, pixels - carriers), generator=rng)
        self.gain = nn.Parameter(torch.full(self.shape, 0.5))
        self.offset = nn.Parameter(torch.zeros(self.shape))
        self.trained = nn.Parameter(2 * drawn - 1)
        self.register_buffer("centre", torch.full(self.shape, float("nan")))
        self.register_buffer("spread", torch.full(self.shape, float("nan")))

    def forward(self, features: Tensor) -> Tensor:
        """Encode, and note the overdrive while training."""
        x = self._carried(features.flatten(1))
        if self.centre.isnan().any():
            self.centre.copy_(x.detach().mean(0))
            spread = x.detach().std(0, correction=0)
            self.spread.copy_(spread.clamp(min=self.config.least_spread))
        carried = self.gain * (x - self.centre) / self.spread + self.offset
        trained = self.trained.expand(len(x), *self.trained.shape)
        unit = torch.cat([carried, trained], dim=-1)
        self.overdrive = None
        if self.training and torch.is_grad_enabled():
            self.overdrive = nn.functional.softplus(unit.abs() - 1, beta=20).mean()
        return unit_to_range(unit.clamp(-1, 1), self.spec)

    def _carried(self, flat: Tensor) -> Tensor:
        """Return features [batch, any] as [batch, *carriers]."""
        room = torch.Size(self.shape).numel()
        if flat.shape[1] > room:
            flat = nn.functional.adaptive_avg_pool1d(flat[:, None], room)[:, 0]
        return filled(flat, self.shape, f"Encoder {self.name!r}")


class DigitalLinearEncoder(pnn.Encoder):
    """A trained digital linear map from features to the device's inputs.

    inputs = middle + half_span ((1 - s) tanh(place) + s clip(z / deviations)), with z
    the mapped features, each standardised over the batch (its running mean and
    variance once training is over), and a trained share s and place per input. So the
    map fills the range. The more `deviations`, the less it clips, and the more linear
    is a network without its physics. An example may have fewer features: the others
    count as 0.
    """

    name = "digital-linear"

    class Config(pnn.Config):
        """Settings of the encoder."""

        features: int = Field(196, ge=1, description="Most features of an example.")
        deviations: float = Field(
            3.0, gt=0, description="Standard deviations that fill half the share."
        )
        seed: int = Field(0, ge=0, description="Seed of the map at first.")

    config: Config

    def __init__(self, spec: pnn.SignalSpec, **settings: Any) -> None:
        super().__init__(spec, **settings)
        self.map = nn.utils.skip_init(
            nn.Linear, self.config.features, spec.size, bias=False
        )
        bound = self.config.features**-0.5
        rng = torch.Generator().manual_seed(self.config.seed)
        nn.init.uniform_(self.map.weight, -bound, bound, generator=rng)
        self.standard = nn.BatchNorm1d(spec.size, affine=False, momentum=0.02)
        self.share = nn.Parameter(torch.full((spec.size,), 2.0))
        self.place = nn.Parameter(torch.zeros(spec.size))

    def forward(self, features: Tensor) -> Tensor:
        """Encode.

        Raises:
            SignalError: If there are more features than expected.
        """
        flat = features.flatten(1)
        absent = self.config.features - flat.shape[1]
        if absent < 0:
            raise pnn.SignalError(
                f"Encoder {self.name!r} expects at most {self.config.features} "
                f"features, got {flat.shape[1]}.\n  Set features = {flat.shape[1]}."
            )
        flat = nn.functional.pad(flat, (0, absent))
        z = self.standard(self.map(flat)) / self.config.deviations
        share = self.share.sigmoid()
        unit = (1 - share) * self.place.tanh() + share * z.clamp(-1, 1)
        return unit_to_range(unit.reshape(-1, *self.spec.shape), self.spec)
