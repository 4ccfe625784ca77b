"""A twin learned from measurements alone, for any device."""

from __future__ import annotations

from typing import Any

import torch
from pydantic import Field
from torch import Tensor, nn

from pnn_core import config
from pnn_core.device import Device
from pnn_core.mixing import Dense, Filters
from pnn_core.signals import SignalSpec
from pnn_core.twin import Twin


class LearnedTwin(Twin):
    """Linear maps, curves, linear maps again, and a bend; learned from measurements.

    outputs = mean + deviation * bend(A_0 x + sum_k B_k phi_k(A_k x)), where phi_k are
    learned curves and bend(v) = v + a small curve of v: parallel Wiener-Hammerstein
    branches, which describe driven resonators, transducers and amplifiers alike
    (Schoukens and Tiels, "Identification of block-oriented nonlinear systems",
    Automatica 85, 272 (2017)).

    Where inputs and outputs are waveforms of one length, A and B are causal filters
    that span the record, and params scale, shift and weigh the branches. Otherwise they
    are dense matrices, and params are further inputs.
    """

    name = "learned"

    class Config(config.Config):
        """Settings of the learned twin."""

        branches: int = Field(4, ge=1, description="Nonlinear branches of waveforms.")
        hidden: int = Field(128, ge=1, description="Hidden units of vectors.")
        bends: int = Field(8, ge=1, description="Hidden units of the last curve.")
        seed: int = Field(0, ge=0, description="Seed of the initial weights.")

    config: Config
    mean: Tensor
    deviation: Tensor

    def __init__(self, device: Device, **settings: Any) -> None:
        super().__init__(device, **settings)
        self.inputs, self.params = device.inputs, device.params
        self.outputs = device.outputs
        rng = torch.Generator().manual_seed(self.config.seed)
        self.register_buffer("mean", torch.zeros(()))
        self.register_buffer("deviation", torch.ones(()))
        self.mixing: Filters | Dense
        if _waveforms(device):
            self.mixing = Filters(
                self.config.branches,
                device.inputs.size,
                _delay(device),
                device.params.size,
                rng,
            )
        else:
            count = device.inputs.size + device.params.size
            self.mixing = Dense(count, self.config.hidden, device.outputs.size, rng)
        self.bend = Bend(self.config.bends, rng)

    def forward(self, inputs: Tensor, params: Tensor) -> Tensor:
        """Predict; see `Twin.forward`."""
        drive = _unit(inputs, self.inputs)
        theta = _unit(params, self.params).flatten()
        v: Tensor = self.bend(self.mixing(drive, theta))
        return (self.mean + self.deviation * v).reshape(-1, *self.outputs.shape)

    def warm_start(self, inputs: Tensor, params: Tensor, outputs: Tensor) -> None:
        """Set the scales, and the linear map by least squares."""
        self.mean.copy_(outputs.mean())
        self.deviation.copy_(outputs.std().clamp(min=1e-12))
        target = ((outputs - self.mean) / self.deviation).flatten(1)
        drive, theta = _unit(inputs, self.inputs), _unit(params, self.params)
        self.mixing.solve(drive, theta, target)


class Bend(nn.Module):
    """v + sum_k w_k tanh(s_k v + b_k), element by element; the identity at first."""

    def __init__(self, hidden: int, rng: torch.Generator) -> None:
        super().__init__()
        self.slope = nn.Parameter(torch.randn(hidden, generator=rng))
        self.shift = nn.Parameter(torch.randn(hidden, generator=rng))
        self.weight = nn.Parameter(torch.zeros(hidden))

    def forward(self, v: Tensor) -> Tensor:
        """Bend every element."""
        return v + torch.tanh(v[..., None] * self.slope + self.shift) @ self.weight


def _waveforms(device: Device) -> bool:
    """Return whether the device turns waveforms into waveforms of the same length."""
    given, wanted = device.inputs, device.outputs
    return (
        given.sample_rate_hz is not None
        and given.sample_rate_hz == wanted.sample_rate_hz
        and len(given.shape) == 1
        and given.shape == wanted.shape
        and _delay(device) >= 0
    )


def _delay(device: Device) -> int:
    """Return the samples from the first one played to the first one taken."""
    apart_s = device.outputs.start_s - device.inputs.start_s
    return round(apart_s * (device.inputs.sample_rate_hz or 0))


def _unit(signal: Tensor, spec: SignalSpec) -> Tensor:
    """Map [spec.low, spec.high] linearly onto [-1, 1], and flatten each example."""
    half = (spec.high - spec.low) / 2 or 1.0
    unit = (signal - (spec.low + spec.high) / 2) / half
    return unit.flatten(1) if signal.ndim > len(spec.shape) else unit
