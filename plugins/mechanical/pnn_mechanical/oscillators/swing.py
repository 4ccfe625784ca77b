"""One swing of coupled oscillators as an autograd function, with its own adjoint."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from pnn_mechanical.oscillators.back import back
from pnn_mechanical.oscillators.couplings import couple, pull_couplings
from pnn_mechanical.oscillators.forth import forth
from pnn_mechanical.oscillators.written_out import written_out

__all__ = ["Swing"]


class Swing(torch.autograd.Function):
    """Final angles [batch, read] from initial ones, couplings and drives."""

    @staticmethod
    def forward(
        ctx: Any,
        angles: Tensor,
        params: Tensor,
        stray: Tensor,
        stretch: Tensor,
        plan: tuple[int, float, int, bool],
    ) -> Tensor:
        """Let go at rest, and read the last oscillators after `steps` steps."""
        steps, step, read, own = plan
        held = params.detach().contiguous()
        drive = held[-1].numpy()
        number = drive.dtype.type
        swung, ctx.kept = forth(
            np.array(angles.numpy(force=True), number),
            couple(held[:-1] + stray.detach(), own).numpy(),
            drive,
            number(step),
            number(stretch.item()),
            steps=steps,
            read=read,
            angled=ctx.needs_input_grad[3],
        )
        ctx.plan = plan
        ctx.save_for_backward(angles, params, stray, stretch)
        return torch.from_numpy(swung)

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor | None, ...]:
        """Go back through the steps; where that is differentiated too, in torch."""
        (slope,), kept = grad_outputs, ctx.kept
        if torch.is_grad_enabled():
            return _again(ctx, slope)
        steps, _, _, own = ctx.plan
        to_angles, to_params, to_stray, to_stretch, _ = ctx.needs_input_grad
        angles, slopes, turned = back(
            slope.numpy(), kept, steps=steps, to_angles=to_angles, to_stretch=to_stretch
        )
        couplings = None
        if to_params or to_stray:
            couplings = slope.new_empty(len(kept.matrix) + 1, len(kept.matrix))
            weighed = torch.from_numpy(kept.sines.T @ slopes)
            pull_couplings(weighed, own, couplings[:-1])
            stages = np.ones(len(slopes), slopes.dtype)
            stages[-len(slope) :] = 2  # the last rows stand for two stages each
            np.matmul(stages, slopes, out=couplings[-1].numpy())
        return (
            torch.from_numpy(angles) if to_angles else None,
            couplings if to_params else None,
            couplings[:-1] if couplings is not None and to_stray else None,
            slope.new_tensor(turned) if to_stretch else None,
            None,
        )


def _again(ctx: Any, slope: Tensor) -> tuple[Tensor | None, ...]:
    """Return differentiable gradients."""
    given, needed = ctx.saved_tensors, ctx.needs_input_grad
    wanted = [t for t, wants in zip(given, needed, strict=False) if wants]
    outputs = written_out(*given, ctx.plan)
    found = iter(torch.autograd.grad(outputs, wanted, slope, create_graph=True))
    return tuple(next(found) if wants else None for wants in needed)
