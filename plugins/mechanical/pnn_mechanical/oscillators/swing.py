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

    Kept for the way back are angles, sines and cosines of all stages, in one stack.
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
        from pnn_mechanical.oscillators import adjoint

        steps, step, read, own = plan
        batch, count = angles.shape
        held = params.detach().contiguous()
        number = held.numpy().dtype.type
        h, s = number(step), number(float(stretch))
        matrix = held.new_empty(count, count)
        adjoint.couple(held.numpy()[:-1], stray.numpy(force=True), own, matrix.numpy())
        stages = held.new_empty(3, batch * (4 * steps - 2), count)
        sines, drive = stages[1], held[-1]
        pulled = held.new_empty(2, 2 * batch, count)
        kept, (a, b) = _flat(stages), _flat(pulled)
        q = np.array(angles.numpy(force=True), number).reshape(-1)
        v = np.zeros_like(q)
        for n, early, late in _parts(batch, steps):
            ends = n == 0, n == steps - 1
            adjoint.early(q, v, h, s, ends[0], *kept[:, _of(early, count)])
            _accelerate(drive, sines[early], matrix, pulled[0])
            adjoint.late(q, v, a, h, s, *ends, *kept[:, _of(late, count)])
            _accelerate(drive, sines[late], matrix, pulled[1])
            adjoint.advance(q, v, a, b, h, *ends)
        ctx.kept = stages, matrix, h, s, plan
        ctx.save_for_backward(angles, params, stray, stretch)
        swung = torch.from_numpy(q.reshape(batch, count))
        return swung[:, count - read :].contiguous()

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor | None, ...]:
        """Go back through the steps; where that is differentiated too, in torch."""
        from pnn_mechanical.oscillators import adjoint

        if torch.is_grad_enabled():
            return _again(ctx, grad_outputs[0])
        stages, matrix, h, s, (steps, _, read, own) = ctx.kept
        batch, count = len(grad_outputs[0]), len(matrix)
        to_angles, to_params, to_stray, to_stretch, _ = ctx.needs_input_grad
        sines = stages[1]
        slopes, back = torch.empty_like(sines), sines.new_empty(2, 2 * batch, count)
        angles, _, cosines = _flat(stages)
        (down,), (x, y) = _flat(slopes[None]), _flat(back)
        gq = torch.nn.functional.pad(grad_outputs[0], (count - read, 0)).to(sines)
        q, turned = gq.numpy().reshape(-1), 0.0
        v = np.zeros_like(q)
        for n, early, late in reversed(_parts(batch, steps)):
            ends, a, b = (n == 0, n == steps - 1), _of(early, count), _of(late, count)
            adjoint.pull_late(q, v, h, ends[1], down[b])
            _multiply(slopes[late], matrix, back[1])
            adjoint.pull_early(q, v, y, cosines[b], h, s, *ends, down[a])
            if n or to_angles or to_stretch:
                _multiply(slopes[early], matrix, back[0])
                adjoint.pull_step(q, v, x, cosines[a], y, h, s, *ends)
            if to_stretch:
                turned += y[: b.stop - b.start] @ angles[b]
                turned += x[: a.stop - a.start] @ angles[a]
        couplings = None
        if to_params or to_stray:
            couplings = sines.new_empty(count + 1, count)
            weighed = (sines.T @ slopes).numpy()
            adjoint.pull_couplings(weighed, own, couplings[:-1].numpy())
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


def _accelerate(drive: Tensor, sines: Tensor, matrix: Tensor, pulled: Tensor) -> None:
    torch.addmm(drive, sines, matrix, out=pulled[: sines.shape[0]])


def _multiply(rows: Tensor, matrix: Tensor, out: Tensor) -> None:
    torch.mm(rows, matrix, out=out[: rows.shape[0]])


def _flat(stacks: Tensor) -> Array:
    """Return [stack, row, oscillator] as [stack, element], in the same memory."""
    flat: Array = stacks.numpy().reshape(len(stacks), -1)
    return flat


def _of(rows: slice, count: int) -> slice:
    """Return the elements of rows."""
    return slice(rows.start * count, rows.stop * count)


@cache
def _parts(batch: int, steps: int) -> list[tuple[int, slice, slice]]:
    """Return each step's number, and the rows of its early and of its late stages.

    The first step's early stages are one, and the last step's late stage is one.
    """
    found, at = [], 0
    for n in range(steps):
        middle = at + batch * (2 if n else 1)
        end = middle + batch * (2 if n < steps - 1 else 1)
        found.append((n, slice(at, middle), slice(middle, end)))
        at = end
    return found
