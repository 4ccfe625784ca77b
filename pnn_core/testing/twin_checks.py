"""What a digital twin must do. Each check exempts devices without one of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pnn_core.device import Device
from pnn_core.testing.probe import signals
from pnn_core.testing.slope_check import points_downhill
from pnn_core.testing.twin_probe import PORTS, gradients, level, model, tensors

if TYPE_CHECKING:
    from pnn_core.twin import Twin

__all__ = ["TWIN_CHECKS"]


def predicts_declared_shape(
    cls: type[Device], twin_cls: type[Twin] | None = None
) -> None:
    """The twin's outputs have the device's shape, for batches of 1 and 3."""
    device = cls()
    twin = model(device, twin_cls)
    for batch in (1, 3):
        shape = twin(*tensors(*signals(device, batch))).shape
        wanted = (batch, *device.outputs.shape)
        assert shape == wanted, f"the twin predicts {tuple(shape)}, need {wanted}"


def is_differentiable(cls: type[Device], twin_cls: type[Twin] | None = None) -> None:
    """The twin is one fixed function whose graph reaches inputs and params."""
    device = cls()
    twin = model(device, twin_cls)
    from pnn_core.twin import vet

    vet(twin, device)


def leaves_its_state_alone(
    cls: type[Device], twin_cls: type[Twin] | None = None
) -> None:
    """Neither a prediction nor its backward pass changes what the twin has learned."""
    device = cls()
    twin = model(device, twin_cls).requires_grad_(False).eval()
    before = {name: t.clone() for name, t in twin.state_dict().items()}
    gradients(twin, signals(device), np.ones(device.outputs.shape))
    changed = [
        name
        for name, tensor in twin.state_dict().items()
        if not np.array_equal(tensor.numpy(), before[name].numpy(), equal_nan=True)
    ]
    assert not changed, f"a backward pass changes the twin's {', '.join(changed)}"


def gradients_are_finite(cls: type[Device], twin_cls: type[Twin] | None = None) -> None:
    """Gradients are finite at the limits of the ranges, and in their middle."""
    device = cls()
    twin = model(device, twin_cls)
    weights = np.ones(device.outputs.shape)
    for share in (0.0, 0.5, 1.0):
        point = level(device.inputs, share, 1), level(device.params, share)
        for port, gradient in zip(PORTS, gradients(twin, point, weights), strict=True):
            assert np.isfinite(gradient).all(), (
                f"the twin's gradient in {port} is not finite {share:.0%} up its range"
            )


TWIN_CHECKS = (
    predicts_declared_shape,
    is_differentiable,
    leaves_its_state_alone,
    gradients_are_finite,
    points_downhill,
)
