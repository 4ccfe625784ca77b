"""A twin learned from measurements alone, for any device."""

from __future__ import annotations

from typing import Any

import torch
from pydantic import Field
from torch import Tensor, nn

from pnn_core import config
from pnn_core.device import Device
from pnn_core.signals import SignalSpec
from pnn_core.twin import Twin


class LearnedTwin(Twin):
    """Pointwise nonlinearities, a linear map, a pointwise nonlinearity; all learned.

    outputs = mean + deviation * bend(sum_k A_k phi_k(x)), where phi_k are curves of
    one input each, and bend(v) = v + a small curve of v: parallel Wiener-Hammerstein
    branches, which describe driven resonators, transducers and amplifiers alike.

    Where inputs and outputs are waveforms of one length, A_k is a causal filter of
    that length, and params shift the curves. Otherwise A_k is a dense matrix, params
    are further inputs, and a two-layer network adds what mixes them.
    """

    name = "learned"

    class Config(config.Config):
        """Settings of the learned twin."""

        branches: int = Field(6, ge=1, description="Parallel nonlinear branches.")
        curve: int = Field(12, ge=1, description="Hidden units of a pointwise curve.")
        hidden: int = Field(128, ge=1, description="Hidden units where inputs mix.")
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
        width = self.config.branches
        self.curves = Curves(width, self.config.curve, device.params.size, rng)
        self.mixing: Filters | Dense
        if _waveforms(device):
            self.mixing = Filters(1 + width, device.inputs.shape[-1])
        else:
            count = device.inputs.size + device.params.size
            self.mixing = Dense(
                1 + width, count, device.outputs.size, self.config.hidden, rng
            )
        self.bend = Bend(self.config.curve, rng)

    def forward(self, inputs: Tensor, params: Tensor) -> Tensor:
        """Predict; see `Twin.forward`."""
        drive = self._drive(inputs, params)
        theta = _unit(params, self.params).flatten()
        branches = torch.cat([drive[..., None], self.curves(drive, theta)], dim=-1)
        v: Tensor = self.bend(self.mixing(branches))
        return (self.mean + self.deviation * v).reshape(-1, *self.outputs.shape)

    def warm_start(self, inputs: Tensor, params: Tensor, outputs: Tensor) -> None:
        """Set the scales, and the linear map by least squares."""
        self.mean.copy_(outputs.mean())
        self.deviation.copy_(outputs.std().clamp(min=1e-12))
        target = ((outputs - self.mean) / self.deviation).flatten(1)
        drive = _unit(inputs, self.inputs).flatten(1)
        if isinstance(self.mixing, Dense):
            theta = _unit(params, self.params).flatten(1)
            drive = torch.cat([drive, theta], dim=1)
        self.mixing.solve(drive, target)

    def _drive(self, inputs: Tensor, params: Tensor) -> Tensor:
        """Return what is mapped, in units of its range: [batch, element]."""
        drive = _unit(inputs, self.inputs).flatten(1)
        if isinstance(self.mixing, Filters) or not params.numel():
            return drive
        theta = _unit(params, self.params).flatten().expand(len(drive), -1)
        return torch.cat([drive, theta], dim=1)


class Curves(nn.Module):
    """Learned curves phi_k(x) of single numbers: [...] -> [..., branch].

    phi(x) = W tanh(v x + b + U params).
    """

    def __init__(
        self, branches: int, hidden: int, params: int, rng: torch.Generator
    ) -> None:
        super().__init__()
        self.slope = nn.Parameter(2 * torch.randn(hidden, generator=rng))
        self.shift = nn.Parameter(torch.randn(hidden, generator=rng))
        self.steer = nn.Parameter(torch.zeros(hidden, params))
        self.mix = nn.Parameter(
            torch.randn(hidden, branches, generator=rng) / hidden**0.5
        )

    def forward(self, x: Tensor, theta: Tensor) -> Tensor:
        """Apply every curve to every element."""
        shift = self.shift + self.steer @ theta
        return torch.tanh(x[..., None] * self.slope + shift) @ self.mix


class Bend(nn.Module):
    """v + W tanh(s v + b), element by element; the identity at the start."""

    def __init__(self, hidden: int, rng: torch.Generator) -> None:
        super().__init__()
        self.slope = nn.Parameter(torch.randn(hidden, generator=rng))
        self.shift = nn.Parameter(torch.randn(hidden, generator=rng))
        self.mix = nn.Parameter(torch.zeros(hidden))

    def forward(self, v: Tensor) -> Tensor:
        """Bend every element."""
        return v + torch.tanh(v[..., None] * self.slope + self.shift) @ self.mix


class Filters(nn.Module):
    """Sum over branches of causal filters: [batch, sample, branch] -> [batch, sample].

    v_i = sum_k sum_j taps_k[i - j] phi_k(x_j), j <= i; the first branch is linear.
    """

    lag: Tensor

    def __init__(self, branches: int, samples: int) -> None:
        super().__init__()
        self.taps = nn.Parameter(torch.zeros(branches, samples))
        lag = torch.arange(samples)[None, :] - torch.arange(samples)[:, None]
        self.register_buffer("lag", lag.clamp(min=-1) % (samples + 1), persistent=False)

    def forward(self, branches: Tensor) -> Tensor:
        """Filter and add."""
        padded = nn.functional.pad(self.taps, (0, 1))
        matrix = padded[:, self.lag]  # [branch, sample in, sample out]
        return branches.mT.flatten(1) @ matrix.flatten(0, 1)

    def solve(self, drive: Tensor, target: Tensor) -> None:
        """Set the linear branch's taps by ridge regression on [example, sample]."""
        samples = drive.shape[1]
        windows = nn.functional.pad(drive[:400], (samples - 1, 0)).unfold(1, samples, 1)
        rows = windows.flip(-1).flatten(0, 1)
        self.taps[0] = _ridge(rows, target[:400].flatten())


class Dense(nn.Module):
    """Sum over branches of matrices, and a two-layer network: [batch, element, branch].

    The first branch is linear.
    """

    def __init__(
        self, branches: int, count: int, outputs: int, hidden: int, rng: torch.Generator
    ) -> None:
        super().__init__()
        self.matrix = nn.Parameter(torch.zeros(branches, count, outputs))
        self.first = nn.Parameter(
            torch.randn(count, hidden, generator=rng) / count**0.5
        )
        self.shift = nn.Parameter(torch.randn(hidden, generator=rng))
        self.second = nn.Parameter(
            torch.randn(hidden, hidden, generator=rng) / hidden**0.5
        )
        self.third = nn.Parameter(torch.zeros(hidden, outputs))

    def forward(self, branches: Tensor) -> Tensor:
        """Map and add."""
        linear = branches.mT.flatten(1) @ self.matrix.flatten(0, 1)
        hidden = torch.tanh(branches[..., 0] @ self.first + self.shift)
        return linear + torch.tanh(hidden @ self.second) @ self.third

    def solve(self, drive: Tensor, target: Tensor) -> None:
        """Set the linear branch's matrix by ridge regression on [example, element]."""
        self.matrix[0] = _ridge(drive, target)


def _waveforms(device: Device) -> bool:
    """Return whether the device turns waveforms into waveforms of the same length."""
    given, wanted = device.inputs, device.outputs
    return (
        given.sample_rate_hz is not None
        and given.sample_rate_hz == wanted.sample_rate_hz
        and len(given.shape) == 1
        and given.shape == wanted.shape
    )


def _unit(signal: Tensor, spec: SignalSpec) -> Tensor:
    """Map [spec.low, spec.high] linearly onto [-1, 1]."""
    half = (spec.high - spec.low) / 2 or 1.0
    return (signal - (spec.low + spec.high) / 2) / half


def _ridge(rows: Tensor, target: Tensor) -> Tensor:
    """Return w minimising ||rows w - target||^2 + small ||w||^2."""
    gram = rows.mT @ rows
    gram.diagonal().add_(1e-4 * gram.diagonal().mean() + 1e-12)
    solution: Tensor = torch.linalg.solve(gram, rows.mT @ target)
    return solution
