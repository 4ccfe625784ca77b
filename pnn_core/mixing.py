"""Two ways to mix the elements of a signal: causal filters, and dense matrices.

Both are a linear map plus branches of map, curve, map, so that a learned twin can treat
waveforms and vectors alike.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Filters(nn.Module):
    """Parallel branches of causal filter, curve, causal filter, for waveforms.

    v = a_0 * x + sum_k (1 + w_k) c_k * phi_k((1 + g_k) a_k * x + s_k), with * the
    causal convolution from the first sample played to the last one taken, and
    phi_k(z) = p_k z^2 + q_k z^3 + r_k tanh(2 z + b_k): a Volterra series of low rank,
    which approximates any weakly nonlinear system with fading memory (Boyd and Chua,
    IEEE Trans. Circuits Syst. 32, 1150 (1985)), and a saturation where it is strong.
    The powers are of 3 tanh(z / 3), so that they stay bounded beyond the calibrated
    range. Params move g_k, s_k and w_k linearly.

    Args:
        branches: Nonlinear branches.
        samples: Length of a record.
        delay: Samples from the first one played to the first one taken.
        params: Number of params.
        rng: Of the initial weights.
    """

    def __init__(
        self,
        branches: int,
        samples: int,
        delay: int,
        params: int,
        rng: torch.Generator,
    ) -> None:
        super().__init__()
        self.samples, self.delay = samples, delay
        taps = samples + delay
        self.linear = nn.Parameter(torch.zeros(taps))
        self.before = nn.Parameter(torch.randn(branches, taps, generator=rng))
        self.after = nn.Parameter(0.01 * torch.randn(branches, taps, generator=rng))
        self.shift = nn.Parameter(torch.randn(branches, generator=rng))
        number = torch.arange(branches)
        kinds = [number % 2 == 0, number % 2 == 1, number % 4 > 1]
        self.curve = nn.Parameter(torch.stack(kinds).float())
        self.steer = nn.Parameter(0.1 * torch.randn(3, branches, params, generator=rng))
        self._kept: tuple[object, tuple[Tensor, ...]] | None = None

    def forward(self, drive: Tensor, theta: Tensor) -> Tensor:
        """Mix [batch, sample] at params [param]."""
        linear, before, after = self._matrices()
        z = (drive @ before).reshape(-1, *self.before.shape)
        if theta.numel():
            gain, shift, weight = (self.steer @ theta)[..., None]
            curved = (1 + weight) * self._curve((1 + gain) * z + shift)
        else:
            curved = self._curve(z)
        mixed: Tensor = drive @ linear + curved.flatten(1) @ after
        return mixed

    def _curve(self, z: Tensor) -> Tensor:
        """Bend each branch of [batch, branch, moment] by its own curve."""
        square, cube, saturation = self.curve[..., None]
        bent = saturation * torch.tanh(2 * z + self.shift[:, None])
        z = 3 * torch.tanh(z / 3)
        curved: Tensor = z * z * (square + cube * z) + bent
        return curved

    def solve(self, drive: Tensor, theta: Tensor, target: Tensor) -> None:
        """Set the linear filter by ridge regression; start the branches from it."""
        taps = len(self.linear)
        padded = nn.functional.pad(drive[:800], (taps - 1, self.delay))
        windows = padded.unfold(1, taps, 1)[:, self.delay :].flip(-1)
        self.linear.copy_(ridge(windows.flatten(0, 1), target[:800].flatten()))
        spread = 1 + 0.3 * self.before.clamp(-3, 3)
        self.before.copy_(0.5 * self.linear / self.linear.norm() * spread)

    def _matrices(self) -> tuple[Tensor, ...]:
        """Return the filters as matrices, kept for as long as the twin is frozen."""
        if self.linear.requires_grad:
            self._kept = None
            return self._built()
        taps = (self.linear, self.before, self.after)
        state = tuple((t._version, t.dtype, t.data_ptr()) for t in taps)
        if self._kept is None or self._kept[0] != state:
            self._kept = (state, self._built())
        return self._kept[1]

    def _built(self) -> tuple[Tensor, ...]:
        """Return [played, taken], [played, moment] and [moment, taken]."""
        linear = toeplitz(self.linear[None])[0, : self.samples, self.delay :]
        before = toeplitz(self.before)[:, : self.samples]
        after = toeplitz(self.after)[..., self.delay :]
        return linear, before.transpose(0, 1).flatten(1), after.flatten(0, 1)


class Dense(nn.Module):
    """A matrix plus a network of two hidden layers, for vectors.

    v = A_0 z + A_3 tanh(A_2 tanh(A_1 z + b_1) + b_2), with z = (x, params).

    Args:
        count: Elements of inputs and params.
        hidden: Hidden units.
        outputs: Elements of the outputs.
        rng: Of the initial weights.
    """

    def __init__(
        self, count: int, hidden: int, outputs: int, rng: torch.Generator
    ) -> None:
        super().__init__()

        def drawn(*shape: int) -> nn.Parameter:
            return nn.Parameter(torch.randn(shape, generator=rng) / shape[0] ** 0.5)

        self.linear = nn.Parameter(torch.zeros(count, outputs))
        self.first, self.second = drawn(count, hidden), drawn(hidden, hidden)
        self.third = nn.Parameter(torch.zeros(hidden, outputs))
        self.shifts = nn.Parameter(0.5 * torch.randn(2, hidden, generator=rng))

    def forward(self, drive: Tensor, theta: Tensor) -> Tensor:
        """Mix [batch, element] and params [param]."""
        z = torch.cat([drive, theta.expand(len(drive), -1)], dim=1)
        hidden = torch.tanh(z @ self.first + self.shifts[0])
        hidden = torch.tanh(hidden @ self.second + self.shifts[1])
        return z @ self.linear + hidden @ self.third

    def solve(self, drive: Tensor, theta: Tensor, target: Tensor) -> None:
        """Set the linear matrix by ridge regression."""
        self.linear.copy_(ridge(torch.cat([drive, theta], dim=1), target))


def toeplitz(taps: Tensor) -> Tensor:
    """Return [branch, from, to] of taps[to - from], zero where that is negative."""
    count = taps.shape[1]
    padded = nn.functional.pad(taps, (count - 1, 0))
    return padded.unfold(1, count, 1).flip(1)


def ridge(rows: Tensor, target: Tensor) -> Tensor:
    """Return w minimising ||rows w - target||^2 + small ||w||^2."""
    gram = rows.mT @ rows
    gram.diagonal().add_(1e-5 * gram.diagonal().mean() + 1e-12)
    solution: Tensor = torch.linalg.solve(gram, rows.mT @ target)
    return solution
