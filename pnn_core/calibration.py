"""Calibration: fit a twin to what its device measures, and say how far off it stays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite
from time import perf_counter
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor

from pnn_core import config
from pnn_core.device import Device
from pnn_core.drive import Drive, draw
from pnn_core.errors import TwinError
from pnn_core.evaluation import Tick
from pnn_core.twin import Twin


class CalibrationConfig(config.Config):
    """Settings of a calibration."""

    examples: int = Field(2000, ge=20, description="Measurements to take.")
    steps: int = Field(1000, ge=0, description="Updates of the twin's weights.")
    batch_size: int = Field(64, ge=1, description="Examples per update.")
    lr: float = Field(0.01, gt=0, description="Largest learning rate.")
    held_out: float = Field(0.1, gt=0, lt=1, description="Share kept for the gap.")
    drive: Drive = Field("varied", description="How the random inputs are drawn.")
    seed: int = Field(0, ge=0, description="Seed of the inputs, params and order.")


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


@dataclass(frozen=True)
class Calibration:
    """What a calibration achieved, and what it cost.

    Args:
        gap: Reality gap on held-out measurements, afterwards.
        gap_before: The same, before.
        examples: Measurements taken, held-out ones included.
        seconds: Wall time, measuring included.
    """

    gap: float
    gap_before: float
    examples: int
    seconds: float


def calibrate(
    twin: Twin, device: Device, *, tick: Tick | None = None, **settings: Any
) -> Calibration:
    """Measure, fit the twin's own weights, and measure the gap that remains.

    Args:
        twin: The model to fit, in place.
        device: The device to imitate, open.
        tick: Told (updates done, updates in all).
        **settings: Fields of `CalibrationConfig`.

    Raises:
        DeviceError: If the device is closed, or fails.
        TwinError: If the fit diverges. The twin is then as it was before.
    """
    chosen = config.validated(CalibrationConfig, settings, owner="calibration")
    start = perf_counter()
    rng = np.random.default_rng(chosen.seed)
    pairs = measure_pairs(device, chosen.examples, rng, drive=chosen.drive)
    train, held_out = pairs.parted(chosen.held_out)
    before = _gap(twin, held_out)
    kept = {name: t.clone() for name, t in twin.state_dict().items()}
    with _thawed(twin):
        _warm_start(twin, train)
        _fit(twin, train, chosen, rng, tick)
    after = _gap(twin, held_out)
    if not isfinite(after):
        twin.load_state_dict(kept)
        raise TwinError(
            f"Calibrating twin {twin.name!r} of {device.name} diverged.\n"
            f"  Lower the calibration's lr; the twin is as it was before."
        )
    examples = pairs.inputs.shape[:2].numel()
    return Calibration(after, before, examples, perf_counter() - start)


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
    return _gap(twin, Pairs(inputs[None], params[None], measured[None]))


def _gap(twin: Twin, pairs: Pairs) -> float:
    with torch.no_grad():
        predicted = torch.stack([twin(x, theta) for x, theta, _ in pairs.groups()])
    measured = pairs.outputs.flatten(0, 1)
    spread = (measured - measured.mean(0)).norm()
    return float((predicted.flatten(0, 1) - measured).norm() / spread)


def _fit(
    twin: Twin,
    pairs: Pairs,
    settings: CalibrationConfig,
    rng: np.random.Generator,
    tick: Tick | None,
) -> None:
    """Minimise the squared error, relative to the outputs' variance."""
    weights = [p for p in twin.parameters() if p.requires_grad]
    if not weights or not settings.steps:
        return
    optimizer = torch.optim.Adam(weights, lr=settings.lr, betas=(0.9, 0.99))
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, settings.lr, total_steps=settings.steps + 1, cycle_momentum=False
    )
    variance = pairs.outputs.var()
    done = 0
    while done < settings.steps:
        for inputs, params, outputs in pairs.regrouped(
            rng, settings.batch_size
        ).groups():
            optimizer.zero_grad()
            loss = (twin(inputs, params) - outputs).square().mean() / variance
            torch.autograd.backward(loss)
            optimizer.step()
            schedule.step()
            done += 1
            if tick:
                tick(done, settings.steps)
            if done == settings.steps:
                break


def _warm_start(twin: Twin, pairs: Pairs) -> None:
    with torch.no_grad():
        params = pairs.params[:, None].expand(
            -1, pairs.inputs.shape[1], *pairs.params.shape[1:]
        )
        twin.warm_start(
            pairs.inputs.flatten(0, 1),
            params.flatten(0, 1),
            pairs.outputs.flatten(0, 1),
        )


@contextmanager
def _thawed(twin: Twin) -> Iterator[None]:
    """Let the twin's weights be fitted for the duration of a block."""
    frozen = [p for p in twin.parameters() if not p.requires_grad]
    was_training = twin.training
    twin.requires_grad_(True).train()
    try:
        yield
    finally:
        for weight in frozen:
            weight.requires_grad_(False)
        twin.train(was_training)


def _stacked(arrays: tuple[NDArray[Any], ...]) -> Tensor:
    return torch.from_numpy(np.stack(arrays).astype(np.float32))
