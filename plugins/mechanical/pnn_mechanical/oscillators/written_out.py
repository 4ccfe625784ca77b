"""The swing written out in torch, for derivatives of derivatives."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["written_out"]


def written_out(
    angles: Tensor,
    params: Tensor,
    stray: Tensor,
    stretch: Tensor,
    plan: tuple[int, float, int, bool],
) -> Tensor:
    """Return what `Swing` returns, slowly, and differentiable any number of times."""
    steps, h, read, own = plan
    drawn = params[:-1] + stray
    mean = (drawn + drawn.T) / 2
    apart = mean - torch.diag(mean.diagonal())
    matrix = apart - torch.diag((mean if own else apart).sum(1))

    def accelerations(q: Tensor) -> Tensor:
        sines = torch.sin(stretch * q)
        return sines @ matrix - sines + params[-1]

    q, v = angles, torch.zeros_like(angles)
    for _ in range(steps):
        ahead = q + h / 2 * v
        first, second = accelerations(q), accelerations(ahead)
        third = accelerations(ahead + h * h / 4 * first)
        fourth = accelerations(q + h * v + h * h / 2 * second)
        q = q + h * v + h * h / 6 * (first + second + third)
        v = v + h / 6 * (first + 2 * (second + third) + fourth)
    return q[:, -read:]
