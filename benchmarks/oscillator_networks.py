"""The two networks of coupled oscillators that the benchmarks train.

Pictures set initial angles; the last ten oscillators' final angles, times one trained
number, are the logits. Nothing else is digital.
"""

from __future__ import annotations

from typing import Any

import torch
from pnn_mechanical.oscillators.bench import OscillatorsBench
from pnn_mechanical.oscillators.twin import OscillatorsTwin
from torch import Tensor, nn

import pnn_core as pnn

__all__ = [
    "CLASSES",
    "LIMIT",
    "Patched",
    "Whole",
    "fill",
    "joined",
    "oscillators",
    "padded",
    "patches",
    "thinned",
]

CLASSES = 10
PATCH = 7
PATCHES = (28 // PATCH) ** 2
LIMIT = 10.0
"""Of couplings and drives: so wide that training never meets it."""

WIDE = {"set_limit_rad": 100.0, "read_limit_rad": 100.0, "coupling_limit": LIMIT}


def oscillators(
    count: int, read: int | None = None, **settings: Any
) -> pnn.PhysicalLayer:
    """Return a layer of oscillators at rest, its device closed."""
    device = OscillatorsBench(oscillators=count, read=read, **WIDE, **settings)
    return pnn.PhysicalLayer(device, OscillatorsTwin(device))


def fill(layer: pnn.PhysicalLayer, params: Tensor) -> None:
    """Hold a layer at params, in their unit."""
    with torch.no_grad():
        layer.theta.copy_(torch.atanh(params / layer.device.params.high))


def thinned(images: Tensor) -> Tensor:
    """Return every second pixel of every second row, [batch, 196]."""
    return images[:, ::2, ::2].flatten(1)


def patches(images: Tensor) -> Tensor:
    """Return squares of 7 x 7 pixels as rows, [16 batch, 49]."""
    rows = images.unfold(1, PATCH, PATCH).unfold(2, PATCH, PATCH)
    return rows.reshape(-1, PATCH * PATCH)


def padded(angles: Tensor, count: int) -> Tensor:
    """Return angles with as many more at zero as make up `count`."""
    return nn.functional.pad(angles, (0, count - angles.shape[1]))


def joined(angles: Tensor) -> Tensor:
    """Return the patches of an image side by side, [batch, 16 oscillator]."""
    return angles.reshape(len(angles) // PATCHES, -1)


class Whole(nn.Module):
    """Example 1: 196 oscillators, then 206, on every second pixel."""

    def __init__(self, **settings: Any) -> None:
        super().__init__()
        self.first = oscillators(196, **settings)
        self.second = oscillators(206, CLASSES, **settings)
        self.scale = nn.Parameter(torch.ones(()))

    def forward(self, images: Tensor) -> Tensor:
        """Return logits of images [batch, 28, 28]."""
        return self.scale * self.second(padded(self.first(thinned(images)), 206))


class Patched(nn.Module):
    """Example 2: 100 shared oscillators a patch, then 1,610 together."""

    def __init__(self, **settings: Any) -> None:
        super().__init__()
        self.first = oscillators(100, **settings)
        self.second = oscillators(1610, CLASSES, **settings)
        self.scale = nn.Parameter(torch.ones(()))

    def forward(self, images: Tensor) -> Tensor:
        """Return logits of images [batch, 28, 28]."""
        swung = joined(self.first(padded(patches(images), 100)))
        return self.scale * self.second(padded(swung, 1610))
