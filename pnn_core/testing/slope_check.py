"""Whether a twin's gradient points downhill on its device."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pnn_core.device import Device
from pnn_core.testing.exempt import Exempt
from pnn_core.testing.probe import noise_settings, signals
from pnn_core.testing.twin_probe import PORTS, Point, Port, gradients, model

if TYPE_CHECKING:
    from pnn_core.twin import Twin

__all__ = ["points_downhill"]

DIRECTIONS = 48
"""Random directions a slope is measured along."""

DOWNHILL = 0.2
"""Least cosine; of 48 random directions, chance reaches 0.2 once in a dozen tries."""

STEP = 0.05
"""Half the distance of a central difference, relative to the range."""


def points_downhill(cls: type[Device], twin_cls: type[Twin] | None = None) -> None:
    """The twin's gradient has a component along the device's own, in each port.

    Physics-aware training descends while the angle between the two stays below 90
    degrees: this is the property a twin exists to have. The device's slope is measured
    by central differences along random directions. A twin that fails as it is built
    is calibrated briefly and tried again.
    """
    if not cls.virtual:
        raise Exempt("Hardware has noise, and slopes would wear it: calibrate instead.")
    with cls(**noise_settings(cls.Config)) as device:
        twin = model(device, twin_cls)
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
    for port, gradient in zip(PORTS, gradients(twin, point, weights), strict=True):
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
