"""How fast coupled oscillators are swung and differentiated, against plain torch.

Example 1 is two layers of 196 and 206 oscillators on their twins; example 2 a
physics-aware step through sixteen patches on 100 shared oscillators and then 1,610, on
devices that differ from their twins; the rest is one layer. Batches are 32. Each is
timed against `plain_oscillators`, with params made from the same numbers, and against
its matrix products alone, in one process and one thread, after their results were found
to agree. They take turns of some runs each, since a network that is trained finds its
own numbers in the caches, not another's.
"""

from __future__ import annotations

import os

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}

from collections.abc import Callable
from functools import partial
from statistics import median
from time import process_time

import numpy as np
import plain_oscillators as plain
import torch
from harness import record
from oscillator_networks import fill, joined, oscillators, padded, patches
from torch import Tensor

import pnn_core as pnn

BATCH = 32
SIZES = (50, 100, 200, 400, 800, 1610)
AGREE = 1e-5
"""Largest relative difference of outputs and gradients, in the Euclidean norm."""

TURN = 4
"""Runs in a row."""

Layers = list[Callable[[Tensor], Tensor]]
Results = tuple[Tensor, ...]


def one(swing: Layers, images: Tensor) -> Tensor:
    """Swing once, angles made of grey values."""
    return swing[0](images)


def whole(swing: Layers, images: Tensor) -> Tensor:
    """Swing as in example 1."""
    return swing[1](padded(swing[0](images), 206))


def patched(swing: Layers, images: Tensor) -> Tensor:
    """Swing as in example 2."""
    return swing[1](padded(joined(swing[0](padded(patches(images), 100))), 1610))


class Rivals:
    """One computation, three ways.

    Args:
        forward: Takes layers and images.
        sizes: Oscillators, and how many are read, of each layer.
        rows: Batch of each layer.
        aware: Whether devices measure that differ from their twins.
    """

    def __init__(
        self,
        forward: Callable[[Layers, Tensor], Tensor],
        images: Tensor,
        sizes: list[tuple[int, int]],
        rows: list[int],
        *,
        aware: bool = False,
    ) -> None:
        self.forward, self.images, self.aware = forward, images, aware
        self.layers = [oscillators(n, read, noise_rad=0.0) for n, read in sizes]
        self.models = []
        drawn, rng = torch.Generator().manual_seed(0), np.random.default_rng(0)
        for layer, (count, read) in zip(self.layers, sizes, strict=True):
            layer.forward_on = "device" if aware else "twin"
            fill(layer, torch.randn(layer.theta.shape, generator=drawn) / count**0.5)
            self.models.append(_plain(layer.device.open(), read, aware))
        self.buffers = [
            [rng.random(shape, np.float32) for shape in _shapes(rows_of_one, *size)]
            for rows_of_one, size in zip(rows, sizes, strict=True)
        ]

    def fast(self) -> Results:
        """Return outputs and gradients of this package, through the core's layers."""
        return self._results(list(self.layers))

    def plain(self) -> Results:
        """Return the same of plain torch."""
        pairs = zip(self.models, self.layers, strict=True)
        return self._results([partial(_held, *pair) for pair in pairs])

    def products(self) -> None:
        """Multiply matrices as the fast way does: device, twin, back, couplings."""
        for matrix, narrow, stages, slopes, out in self.buffers:
            batch = len(out) // 2
            for _ in range(3 if self.aware else 2):
                for rows in (batch, *(7 * [2 * batch]), batch):
                    np.matmul(stages[:rows], matrix, out=out[:rows])
                stages[:batch] @ narrow
            stages.T @ slopes

    def difference(self) -> float:
        """Return the largest relative difference between the fast and the plain way."""
        (y, *fast), (z, *slopes) = self.fast(), self.plain()
        pairs = zip([y, *fast], [z, *slopes], strict=True)
        return max(float((a - b).norm() / b.norm()) for a, b in pairs)

    def _results(self, swing: Layers) -> Results:
        trained = [layer.theta for layer in self.layers]
        outputs = self.forward(swing, self.images)
        slopes = torch.autograd.grad(outputs.square().sum(), trained)
        return outputs.detach(), *slopes


def _shapes(batch: int, count: int, read: int | None) -> list[tuple[int, int]]:
    """Return those of what is multiplied: couplings, whole and as read, and stages."""
    narrow, stages, pair = (
        (count, read or count),
        (17 * batch, count),
        (2 * batch, count),
    )
    return [(count, count), narrow, stages, stages, pair]


def _plain(device: pnn.Device, read: int | None, aware: bool) -> plain.Swing:
    """Return plain torch's twin of a device, or device and twin."""
    twin = partial(plain.swing, read=read or device.config.oscillators)
    if not aware:
        return twin
    stretch, stray = 1 + device.config.stretch, torch.from_numpy(device.stray)
    rig = partial(twin, stretch=stretch, stray=stray)
    return lambda angles, params: plain.PlainPAT.apply(angles, params, rig, twin)


def _held(model: plain.Swing, layer: pnn.PhysicalLayer, angles: Tensor) -> Tensor:
    return model(angles, layer.params)


def timed(rivals: Rivals, seconds: float) -> dict[str, float]:
    """Return each way's median seconds of computing.

    Raises:
        SystemExit: If the results do not agree.
    """
    if not rivals.difference() < AGREE:
        raise SystemExit(f"results differ by {rivals.difference():.1e}")
    taken: dict[str, list[float]] = {"fast": [], "plain": [], "products": []}
    end = process_time() + seconds
    while process_time() < end or len(taken["plain"]) < 2 * TURN:
        for name, times in taken.items():
            for _ in range(TURN):
                start = process_time()  # one thread: other processes do not count
                getattr(rivals, name)()
                times.append(process_time() - start)
    return {name: median(times) for name, times in taken.items()}


def main() -> None:
    """Compare, time, print one table, write the result."""
    torch.set_num_threads(1)
    images = torch.rand(BATCH, 28, 28)
    every = {
        "example 1": Rivals(
            whole, images[:, ::2, ::2].flatten(1), [(196, None), (206, 10)], [32, 32]
        ),
        "example 2, PAT": Rivals(
            patched, images, [(100, None), (1610, 10)], [16 * BATCH, BATCH], aware=True
        ),
    } | {
        f"{n} oscillators": Rivals(
            one, torch.rand(BATCH, n).requires_grad_(), [(n, n)], [BATCH]
        )
        for n in SIZES
    }
    rows, ratios = [], {}
    to_products = {}
    for name, rivals in every.items():
        t = timed(rivals, 10.0)
        ratios[name] = t["plain"] / t["fast"]
        to_products[name] = t["fast"] / t["products"]
        cells = [f"{1e3 * t[way]:.1f} ms" for way in ("plain", "fast", "products")]
        shares = [f"{ratios[name]:.1f}", f"{to_products[name]:.2f}"]
        rows.append([name, *cells, *shares])
        print(*rows[-1], sep="  ", flush=True)
    figures = {
        "example_1_ratio": ratios["example 1"],
        "example_2_pat_ratio": ratios["example 2, PAT"],
        "smallest_ratio": min(ratios.values()),
        "to_matrix_products_ratio": to_products["example 1"],
        "to_matrix_products_pat_ratio": to_products["example 2, PAT"],
    }
    columns = ["forward and backward", "plain torch", "here", "matrix products alone"]
    columns += ["plain / here", "here / products"]
    record("oscillators", columns, rows, figures)


if __name__ == "__main__":
    main()
