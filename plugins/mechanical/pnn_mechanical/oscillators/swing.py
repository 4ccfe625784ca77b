"""One swing of coupled oscillators as an autograd function, with its own adjoint."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Array = NDArray[np.floating[Any]]

__all__ = ["Swing"]


class Swing(torch.autograd.Function):
    """Final angles [batch, read] from initial ones, couplings and drives.

    Kept for the way back are sines and cosines of all stages, and angles if the stretch
    is fitted.
    """

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
        from pnn_mechanical.oscillators.couplings import couple
        from pnn_mechanical.oscillators.steps import advance, early, late

        steps, step, read, own = plan
        batch, count = angles.shape
        held = params.detach().contiguous()
        number = held.numpy().dtype.type
        h, s = number(step), number(stretch.item())
        matrix = held.new_empty(count, count)
        couple(held.numpy()[:-1], stray.numpy(force=True), own, matrix.numpy())
        rows, starts = _rows(batch, steps)
        sines, cosines = held.new_empty(2, starts[-1], count)
        angled = held.new_empty(starts[-1] if ctx.needs_input_grad[3] else 0, count)
        pulled = held.new_empty(2, 2 * batch, count)
        kept = _flat(angled), _flat(sines), _flat(cosines)
        a, b = _flat(pulled[0]), _flat(pulled[1])
        q = np.array(angles.numpy(force=True), number).reshape(-1)
        v, drive = np.zeros_like(q), held[-1]
        stages = zip(sines.split(rows), _outs(pulled, steps), strict=True)
        for n in range(steps):
            ends, at = (n == 0, n == steps - 1), (starts[2 * n], starts[2 * n + 1])
            early(q, v, h, s, ends[0], at[0] * count, *kept)
            _accelerate(drive, matrix, *next(stages))
            late(q, v, a, h, s, *ends, at[1] * count, *kept)
            _accelerate(drive, matrix, *next(stages))
            advance(q, v, a, b, h, *ends)
        ctx.kept = kept[0], sines, kept[2], matrix, h, s, plan
        ctx.save_for_backward(angles, params, stray, stretch)
        swung = torch.from_numpy(q.reshape(batch, count))
        return swung[:, count - read :].contiguous()

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor | None, ...]:
        """Go back through the steps; where that is differentiated too, in torch."""
        from pnn_mechanical.oscillators.couplings import pull_couplings
        from pnn_mechanical.oscillators.pulls import pull_early, pull_late, pull_step

        if torch.is_grad_enabled():
            return _again(ctx, grad_outputs[0])
        angles, sines, cosines, matrix, h, s, (steps, _, read, own) = ctx.kept
        batch, count = len(grad_outputs[0]), len(matrix)
        to_angles, to_params, to_stray, to_stretch, _ = ctx.needs_input_grad
        rows, starts = _rows(batch, steps)
        slopes, back = torch.empty_like(sines), sines.new_empty(2, 2 * batch, count)
        down, x, y = _flat(slopes), _flat(back[0]), _flat(back[1])
        gq = torch.nn.functional.pad(grad_outputs[0], (count - read, 0)).to(sines)
        q, turned = gq.numpy().reshape(-1), 0.0
        v = np.zeros_like(q)
        stages = list(zip(slopes.split(rows), _outs(back, steps), strict=True))
        for n in reversed(range(steps)):
            at, then, after = (start * count for start in starts[2 * n : 2 * n + 3])
            ends = n == 0, n == steps - 1
            pull_late(q, v, h, ends[1], then, down)
            _multiply(matrix, *stages.pop())
            pull_early(q, v, y, h, s, *ends, at, then, cosines, down)
            if n or to_angles or to_stretch:
                _multiply(matrix, *stages.pop())
                pull_step(q, v, x, y, h, s, *ends, at, cosines)
            if to_stretch:
                turned += y[: after - then] @ angles[then:after]
                turned += x[: then - at] @ angles[at:then]
        couplings = None
        if to_params or to_stray:
            couplings = sines.new_empty(count + 1, count)
            weighed = (sines.T @ slopes).numpy()
            pull_couplings(weighed, own, couplings[:-1].numpy())
            torch.sum(slopes, 0, out=couplings[-1])
        return (
            gq if to_angles else None,
            couplings if to_params else None,
            couplings[:-1] if couplings is not None and to_stray else None,
            sines.new_tensor(turned / s**2) if to_stretch else None,
            None,
        )


def _again(ctx: Any, slope: Tensor) -> tuple[Tensor | None, ...]:
    """Return differentiable gradients."""
    from pnn_mechanical.oscillators.written_out import written_out

    given, needed = ctx.saved_tensors, ctx.needs_input_grad
    wanted = [t for t, wants in zip(given, needed, strict=False) if wants]
    outputs = written_out(*given, ctx.kept[-1])
    found = iter(torch.autograd.grad(outputs, wanted, slope, create_graph=True))
    return tuple(next(found) if wants else None for wants in needed)


def _accelerate(drive: Tensor, matrix: Tensor, sines: Tensor, out: Tensor) -> None:
    torch.addmm(drive, sines, matrix, out=out)


def _multiply(matrix: Tensor, rows: Tensor, out: Tensor) -> None:
    torch.mm(rows, matrix, out=out)


def _flat(rows: Tensor) -> Array:
    """Return [row, oscillator] as [element], in the same memory."""
    flat: Array = rows.numpy().reshape(-1)
    return flat


@cache
def _rows(batch: int, steps: int) -> tuple[list[int], list[int]]:
    """Return how many rows early and late stages have in turn, and where each begins.

    The first step's early stages are one, and the last step's late stage is one.
    """
    rows = [batch, *[2 * batch] * (2 * steps - 2), batch]
    return rows, np.cumsum([0, *rows]).tolist()


def _outs(pulled: Tensor, steps: int) -> list[Tensor]:
    """Return where the product of each of `_rows` goes, early and late in turn."""
    (early, late), batch = pulled, pulled.shape[1] // 2
    return [early[:batch], *[late, early] * (steps - 1), late[:batch]]
