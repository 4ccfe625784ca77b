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
from pydantic import Field

from pnn_core import config
from pnn_core.device import Device
from pnn_core.drive import Drive
from pnn_core.errors import TwinError
from pnn_core.evaluation import Tick
from pnn_core.pairs import Pairs, gap, measure_pairs
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
    before = gap(twin, held_out)
    kept = {name: t.clone() for name, t in twin.state_dict().items()}
    with _thawed(twin):
        _warm_start(twin, train)
        _fit(twin, train, chosen, rng, tick)
    after = gap(twin, held_out)
    if not isfinite(after):
        twin.load_state_dict(kept)
        raise TwinError(
            f"Calibrating twin {twin.name!r} of {device.name} diverged.\n"
            f"  Lower the calibration's lr; the twin is as it was before."
        )
    examples = pairs.inputs.shape[:2].numel()
    return Calibration(after, before, examples, perf_counter() - start)


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
