"""Measured input-output pairs, and how far off a twin is on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pnn_core.device import Device
from pnn_core.drive import Drive, draw
from pnn_core.twin import Twin


@dataclass(frozen=True)
class Pairs:
    """Measured input-output pairs, in groups that shared their params.

    Args:
        inputs: Shape [group, example, *device.inputs.shape].
        params: Shape [group, *device.params.shape].
        outputs: Shape [group, example, *device.outputs.shape].
    """

    inputs: Tensor
    params: Tensor
    outputs: Tensor

    def groups(self) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Yield (inputs, params, outputs) of each group."""
        yield from zip(self.inputs, self.params, self.outputs, strict=True)

    def parted(self, share: float) -> tuple[Pairs, Pairs]:
        """Return the first and the last part, the last with `share` of the groups."""
        last = min(max(1, round(share * len(self.inputs))), len(self.inputs) - 1)
        return Pairs(*(t[:-last] for t in self._fields)), Pairs(
            *(t[-last:] for t in self._fields)
        )

    def regrouped(self, rng: np.random.Generator, size: int) -> Pairs:
        """Return the groups in another order; without params, also mixed anew."""
        if self.params.numel():
            order = torch.from_numpy(rng.permutation(len(self.inputs)))
            return Pairs(*(t[order] for t in self._fields))
        inputs, outputs = self.inputs.flatten(0, 1), self.outputs.flatten(0, 1)
        size = min(size, len(inputs))
        count = len(inputs) // size
        order = torch.from_numpy(rng.permutation(len(inputs))[: count * size])
        return Pairs(
            inputs[order].reshape(count, size, *inputs.shape[1:]),
            self.params.new_zeros(count, 0),
            outputs[order].reshape(count, size, *outputs.shape[1:]),
        )

    @property
    def _fields(self) -> tuple[Tensor, Tensor, Tensor]:
        return self.inputs, self.params, self.outputs


def measure_pairs(
    device: Device,
    examples: int,
    rng: np.random.Generator,
    *,
    drive: Drive = "varied",
    per_params: int = 20,
) -> Pairs:
    """Run the device on random inputs, at fresh random params every few examples.

    Args:
        device: Open.
        examples: Measurements to take, rounded down to whole groups.
        rng: Source of the inputs and params.
        drive: How the inputs are drawn, see `draw`.
        per_params: Examples that share one setting of the params, if there are any.
    """
    if device.params.size:
        size = min(per_params, max(1, examples // 2))
    else:
        size = min(250, max(1, examples // 10))
    groups = []
    for _ in range(examples // size):
        inputs = draw(device.inputs, size, rng, drive)
        params = draw(device.params, 1, rng, "uniform")[0]
        groups.append((inputs, params, device.run(inputs, params)))
    return Pairs(*(_stacked(column) for column in zip(*groups, strict=True)))


def reality_gap(twin: Twin, device: Device, inputs: Tensor, params: Tensor) -> float:
    """Return the simulation-reality gap: the twin's relative RMS error.

    gap = ||twin - device|| / ||device - mean(device)||, over batch and outputs; the
    mean is each output's over the batch. 0 is a perfect twin, 1 is no better than
    predicting the mean output. The device's noise counts too.

    Args:
        twin: The model under test.
        device: The device it models, open.
        inputs: Shape [batch, *device.inputs.shape], in `device.inputs.unit`.
        params: Shape [*device.params.shape], in `device.params.unit`.

    Raises:
        SignalError: If `inputs` or `params` leave the device's range.
    """
    measured = torch.from_numpy(
        device.run(inputs.numpy(force=True), params.numpy(force=True))
    )
    return gap(twin, Pairs(inputs[None], params[None], measured[None]))


def gap(twin: Twin, pairs: Pairs) -> float:
    """Return the reality gap over measured pairs, see `reality_gap`."""
    with torch.no_grad():
        predicted = torch.stack([twin(x, theta) for x, theta, _ in pairs.groups()])
    measured = pairs.outputs.flatten(0, 1)
    spread = (measured - measured.mean(0)).norm()
    return float((predicted.flatten(0, 1) - measured).norm() / spread)


def _stacked(arrays: tuple[NDArray[Any], ...]) -> Tensor:
    return torch.from_numpy(np.stack(arrays).astype(np.float32))
