"""Coupled oscillators written straight from their equations, differentiated by torch.

One state tensor, couplings worked out whenever an acceleration is needed, autograd
through every operation: what one writes first, and what fast code must agree with.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

__all__ = ["PlainPAT", "matrix", "swing"]

Swing = Callable[[Tensor, Tensor], Tensor]


def matrix(couplings: Tensor) -> Tensor:
    """Return Q: C made symmetric, its diagonal minus the sums of the rest."""
    mean = (couplings + couplings.T) / 2
    mean = mean - torch.diag(torch.diag(mean))
    return mean - torch.diag(mean.sum(1))


def swing(
    angles: Tensor,
    params: Tensor,
    *,
    read: int,
    stretch: float = 1.0,
    stray: Tensor | None = None,
    steps: int = 5,
    step: float = 0.1,
) -> Tensor:
    """Return the final angles of the last `read` oscillators, let go at rest."""

    def slope(state: Tensor) -> Tensor:
        q, v = state
        sines = torch.sin(stretch * q)
        coupled = matrix(params[:-1])
        if stray is not None:
            coupled = coupled + stray
        return torch.stack([v, -sines + sines @ coupled.T + params[-1]])

    state = torch.stack([angles, torch.zeros_like(angles)])
    for _ in range(steps):
        k1 = slope(state)
        k2 = slope(state + step / 2 * k1)
        k3 = slope(state + step / 2 * k2)
        k4 = slope(state + step * k3)
        state = state + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return state[0][:, -read:]


class PlainPAT(torch.autograd.Function):
    """One swing forward, another's vector-Jacobian product backward."""

    @staticmethod
    def forward(
        ctx: Any, angles: Tensor, params: Tensor, device: Swing, twin: Swing
    ) -> Tensor:
        """Measure."""
        ctx.save_for_backward(angles, params)
        ctx.twin = twin
        return device(angles, params)

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> tuple[Tensor | None, ...]:
        """Differentiate the twin."""
        with torch.enable_grad():
            angles, params = (t.detach().requires_grad_() for t in ctx.saved_tensors)
            predicted = ctx.twin(angles, params)
        return (*torch.autograd.grad(predicted, (angles, params), slopes), None, None)
