"""Probes of a twin: its device's signals as tensors, and its gradients there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from pnn_core import plugins
from pnn_core.device import Device
from pnn_core.signals import SignalSpec
from pnn_core.testing.exempt import Exempt
from pnn_core.testing.probe import Signal

if TYPE_CHECKING:
    from torch import Tensor

    from pnn_core.twin import Twin

__all__ = ["PORTS", "Point", "Port", "gradients", "level", "model", "tensors"]

Port = Literal["inputs", "params"]
PORTS: tuple[Port, ...] = get_args(Port)
Point = tuple[Signal, Signal]


def model(device: Device, cls: type[Twin] | None) -> Twin:
    """Return a twin of the device: of a class, or its own; exempt one without."""
    if cls is None:
        own = plugins.twin_of(device)
        if own is None:
            raise Exempt(
                f"No twin is named {device.name!r}; 'learned' fits any device."
            )
        cls = plugins.get("twin", own)
    return cls(device)


def gradients(
    twin: Twin, point: Point, weights: NDArray[np.float64]
) -> tuple[NDArray[np.float32], ...]:
    """Return the twin's gradients of sum(weights outputs) in inputs and params."""
    import torch

    ports = [t.requires_grad_() for t in tensors(*point)]
    loss = (twin(*ports) * torch.as_tensor(weights, dtype=torch.float32)).sum()
    found = torch.autograd.grad(loss, ports, allow_unused=True, materialize_grads=True)
    return tuple(g.numpy() for g in found)


def level(spec: SignalSpec, share: float, *batch: int) -> Signal:
    """Return a signal that stays at one place of its range."""
    value = spec.low + share * (spec.high - spec.low)
    return np.full((*batch, *spec.shape), value, np.float32)


def tensors(*arrays: Signal) -> list[Tensor]:
    """Return signals as tensors that share their memory."""
    import torch

    return [torch.from_numpy(a) for a in arrays]
