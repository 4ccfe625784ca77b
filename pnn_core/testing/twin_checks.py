"""What a digital twin must do. Each check exempts devices without one of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from pnn_core import plugins
from pnn_core.device import Device
from pnn_core.signals import SignalSpec
from pnn_core.testing.exempt import Exempt
from pnn_core.testing.probe import Signal, noise_settings, signals

if TYPE_CHECKING:
    from torch import Tensor

    from pnn_core.twin import Twin

__all__ = ["TWIN_CHECKS"]

DIRECTIONS = 48
"""Random directions a slope is measured along."""

DOWNHILL = 0.2
"""Least cosine; of 48 random directions, chance reaches 0.2 once in a dozen tries."""

STEP = 0.05
"""Half the distance of a central difference, relative to the range."""

Port = Literal["inputs", "params"]
PORTS: tuple[Port, ...] = get_args(Port)
Point = tuple[Signal, Signal]


def twin_predicts_declared_shape(cls: type[Device]) -> None:
    """The twin's outputs have the device's shape, for batches of 1 and 3."""
    device = cls()
    twin = _twin(device)
    for batch in (1, 3):
        shape = twin(*_tensors(*signals(device, batch))).shape
        wanted = (batch, *device.outputs.shape)
        assert shape == wanted, f"the twin predicts {tuple(shape)}, need {wanted}"


def twin_is_differentiable(cls: type[Device]) -> None:
    """The twin is one fixed function whose graph reaches inputs and params."""
    device = cls()
    twin = _twin(device)
    from pnn_core.twin import vet

    vet(twin, device)


def twin_gradients_are_finite(cls: type[Device]) -> None:
    """Gradients are finite at the limits of the ranges, and in their middle."""
    device = cls()
    twin = _twin(device)
    weights = np.ones(device.outputs.shape)
    for share in (0.0, 0.5, 1.0):
        point = _level(device.inputs, share, 1), _level(device.params, share)
        for port, gradient in zip(PORTS, _gradients(twin, point, weights), strict=True):
            assert np.isfinite(gradient).all(), (
                f"the twin's gradient in {port} is not finite {share:.0%} up its range"
            )


def twin_points_downhill(cls: type[Device]) -> None:
    """The twin's gradient has a component along the device's own, in each port.

    Physics-aware training descends while the angle between the two stays below 90
    degrees: this is the property a twin exists to have. The device's slope is measured
    by central differences along random directions. A twin that fails as it is built
    is calibrated briefly and tried again.
    """
    if not cls.virtual:
        raise Exempt("Hardware has noise, and slopes would wear it: calibrate instead.")
    with cls(**noise_settings(cls.Config)) as device:
        twin = _twin(device)
        poor = dict(_poor(device, twin))
        if poor:
            from pnn_core.calibration import calibrate

            calibrate(twin, device, examples=400, steps=300)
            poor = dict(_poor(device, twin))
    assert not poor, "; ".join(
        f"cosine of the twin's and the device's slope in {port} is {cosine:.2f}, "
        f"need > {DOWNHILL:g}"
        for port, cosine in poor.items()
    )


def _poor(device: Device, twin: Twin) -> Iterator[tuple[Port, float]]:
    """Yield each port, with its cosine, whose slopes do not agree."""
    rng = np.random.default_rng(1)
    point = signals(device, batch=1)
    weights = rng.standard_normal(device.outputs.shape)
    for port, gradient in zip(PORTS, _gradients(twin, point, weights), strict=True):
        if not gradient.size:
            continue
        along, slopes = _slopes(device, port, point, weights, rng)
        guesses = along @ gradient.ravel()
        size = np.linalg.norm(slopes) * np.linalg.norm(guesses)
        cosine = float(slopes @ guesses / size) if size else 0.0
        if not cosine > DOWNHILL:
            yield port, cosine


def _slopes(
    device: Device,
    port: Port,
    point: Point,
    weights: NDArray[np.float64],
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return directions in a port, and slopes of sum(weights outputs) along them."""
    inputs, params = point
    spec = device.inputs if port == "inputs" else device.params
    along = rng.choice([-1.0, 1.0], (DIRECTIONS, *spec.shape))
    step = STEP * (spec.high - spec.low)

    def outputs(moved: NDArray[np.float64]) -> NDArray[np.float64]:
        if port == "inputs":
            measured = device.run(inputs + moved, params)
        else:  # params are held over a batch
            measured = np.concatenate([device.run(inputs, params + m) for m in moved])
        return measured.astype(np.float64)

    change = (outputs(step * along) - outputs(-step * along)) * weights
    slopes = change.reshape(DIRECTIONS, -1).sum(1) / (2 * step)
    return along.reshape(DIRECTIONS, -1), slopes


def _gradients(
    twin: Twin, point: Point, weights: NDArray[np.float64]
) -> tuple[NDArray[np.float32], ...]:
    """Return the twin's gradients of sum(weights outputs) in inputs and params."""
    import torch

    ports = [t.requires_grad_() for t in _tensors(*point)]
    loss = (twin(*ports) * torch.as_tensor(weights, dtype=torch.float32)).sum()
    found = torch.autograd.grad(loss, ports, allow_unused=True, materialize_grads=True)
    return tuple(g.numpy() for g in found)


def _level(spec: SignalSpec, share: float, *batch: int) -> Signal:
    """Return a signal that stays at one place of its range."""
    value = spec.low + share * (spec.high - spec.low)
    return np.full((*batch, *spec.shape), value, np.float32)


def _twin(device: Device) -> Twin:
    """Return the device's own twin, or exempt a device that has none."""
    own = plugins.twin_of(device)
    if own is None:
        raise Exempt(f"No twin is named {device.name!r}; 'learned' fits any device.")
    twin: Twin = plugins.get("twin", own)(device)
    return twin


def _tensors(*arrays: Signal) -> list[Tensor]:
    import torch

    return [torch.from_numpy(a) for a in arrays]


TWIN_CHECKS = (
    twin_predicts_declared_shape,
    twin_is_differentiable,
    twin_gradients_are_finite,
    twin_points_downhill,
)
