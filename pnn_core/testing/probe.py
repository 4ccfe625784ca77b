"""Probes: signals and stand-ins that the checks examine a component with."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from pnn_core.config import Config
from pnn_core.device import Device
from pnn_core.signals import SignalSpec

__all__ = ["gentle", "noise_settings", "overridden", "preset", "signals"]

Signal = NDArray[np.float32]
AnyClass = TypeVar("AnyClass")


def signals(device: Device, batch: int = 3, seed: int = 0) -> tuple[Signal, Signal]:
    """Return random inputs and params from the middle half of a device's ranges."""
    rng = np.random.default_rng(seed)
    return gentle(device.inputs, rng, batch), gentle(device.params, rng)


def gentle(spec: SignalSpec, rng: np.random.Generator, *batch: int) -> Signal:
    """Return random values from the middle half of a range, [*batch, *spec.shape]."""
    middle, half = (spec.low + spec.high) / 2, (spec.high - spec.low) / 2
    unit = rng.uniform(-0.5, 0.5, (*batch, *spec.shape))
    return (middle + half * unit).astype(np.float32)


def noise_settings(model: type[Config]) -> dict[str, Any]:
    """Return the numeric settings with "noise" in their names that can be 0, as 0."""
    found = {}
    for name, field in model.model_fields.items():
        if "noise" in name and field.annotation in (int, float):
            with suppress(ValidationError):
                model(**{name: 0})
                found[name] = 0
    return found


def overridden(cls: type[AnyClass], **attributes: Any) -> type[AnyClass]:
    """Return `cls` with some methods or attributes replaced."""
    own = {"__doc__": cls.__doc__, "__module__": cls.__module__}
    made: type[AnyClass] = type(cls)(cls.__name__, (cls,), own | attributes)  # type: ignore[misc]  # the class's own metaclass
    return made


def preset(cls: type[AnyClass], settings: dict[str, Any]) -> type[AnyClass]:
    """Return `cls` with other defaults for some of its settings."""

    def build(self: Any, *arguments: Any, **given: Any) -> None:
        cls.__init__(self, *arguments, **(settings | given))

    return overridden(cls, __init__=build) if settings else cls
