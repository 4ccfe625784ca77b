"""Encoders: features and trained values that share the spectrum, or a linear map."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn

import pnn_core as pnn
from pnn_core.encoder import Encoder, filled, unit_to_range

__all__ = ["DigitalLinearEncoder", "SpectrumEncoder"]


class _Ranged(Encoder):
    """Ends in a range: clips, and notes how far it was asked beyond it."""

    def ranged(self, unit: Tensor) -> Tensor:
        if self.training and torch.is_grad_enabled():
            self.overdrive = nn.functional.softplus(unit.abs() - 1, beta=20).mean()
        else:
            self.overdrive = None
        return unit_to_range(unit.clamp(-1, 1), self.spec)


class SpectrumEncoder(_Ranged):
    """Features and trained values side by side on the spectrum."""

    name = "optical-spectrum"

    class Config(pnn.Config):
        """Settings of the encoder."""

        feature_share: float = Field(
            0.5, gt=0, le=1, description="Share of the pixels that carry features."
        )
        layout: Literal["halves", "interleaved"] = "halves"
        scale: Literal["gain", "offset", "affine"] = "affine"
        seed: int = 0
        floor: float = 1e-6
        normalise: Literal["none", "max", "mean", "rms"] = "none"

    config: Config

    def __init__(self, spec: Any, **settings: Any) -> None:
        super().__init__(spec, **settings)
        pixels = spec.shape[-1]
        self.carriers = round(self.config.feature_share * pixels)
        shape = (*spec.shape[:-1], self.carriers)
        self.register_buffer("centre", torch.full(shape, float("nan")))
        self.register_buffer("spread", torch.full(shape, float("nan")))
        self.gain = nn.Parameter(torch.full(shape, 1.0))
        self.offset = nn.Parameter(torch.zeros(shape))
        rng = torch.Generator().manual_seed(self.config.seed)
        self.trained = nn.Parameter(
            torch.rand((*spec.shape[:-1], pixels - self.carriers), generator=rng) - 0.5
        )

    def forward(self, features: Tensor) -> Tensor:
        flat = features.flatten(1)
        if flat.shape[1] > self.carriers:
            flat = nn.functional.adaptive_avg_pool1d(flat[:, None], self.carriers)[:, 0]
        if self.config.normalise == "max":
            flat = flat / flat.amax(1, keepdim=True).clamp(min=1e-6)
        elif self.config.normalise == "mean":
            flat = flat / flat.mean(1, keepdim=True).clamp(min=1e-6)
        elif self.config.normalise == "rms":
            flat = flat / flat.square().mean(1, keepdim=True).sqrt().clamp(min=1e-6)
        full = filled(flat, self.gain.shape, self.name)
        if self.centre.isnan().any():
            with torch.no_grad():
                self.centre.copy_(full.mean(0)); self.spread.copy_(full.std(0).clamp(min=self.config.floor))
        unit = self.gain * (full - self.centre) / self.spread + self.offset
        trained = self.trained.expand(len(unit), *self.trained.shape)
        return self.ranged(torch.cat([unit, trained], dim=-1))


class DigitalLinearEncoder(_Ranged):
    """A trained digital linear map from features to pixels."""

    name = "digital-linear"

    class Config(pnn.Config):
        """Settings of the encoder."""

        sigmas: float = 3.0
        scale0: float = 0.9

    config: Config

    def __init__(self, spec: Any, **settings: Any) -> None:
        super().__init__(spec, **settings)
        self.map = nn.LazyLinear(spec.size, bias=False)
        self.standard = nn.BatchNorm1d(spec.size, affine=False, momentum=0.02)
        s0 = self.config.scale0
        self.share = nn.Parameter(torch.full((spec.size,), float(np.log(s0 / (1 - s0)))))
        self.place = nn.Parameter(torch.zeros(spec.size))

    def forward(self, features: Tensor) -> Tensor:
        """Encode."""
        standard = self.standard(self.map(features.flatten(1))) / self.config.sigmas
        share = self.share.sigmoid()
        unit = self.place.tanh() * (1 - share) + share * standard.clamp(-1, 1)
        return self.ranged(unit.reshape(-1, *self.spec.shape))
