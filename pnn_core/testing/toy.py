"""The smallest complete substrate: four amplifiers, a task for them, a plugin of both.

Read this file first if you are writing a plugin, then `toy_twin.py`.
"""

from __future__ import annotations

import numpy as np
from pydantic import Field

from pnn_core import config
from pnn_core.device import Device
from pnn_core.hookspecs import hookimpl
from pnn_core.later import Later, later
from pnn_core.signals import Array, SignalSpec
from pnn_core.task import Split, Splits, Task, TaskConfig, stratified

__all__ = ["ToyDevice", "ToyPlugin", "ToyTask"]


class ToyDevice(Device):
    """A row of saturating amplifiers whose gains are the trained params.

    outputs = tanh(1.1 params inputs) + noise; the 1.1 is what its twin misses.
    """

    name = "toy"
    virtual = True
    inputs = SignalSpec(shape=(4,), unit="V", low=-1.0, high=1.0)
    params = SignalSpec(shape=(4,), unit="1", low=0.5, high=2.0)
    outputs = SignalSpec(shape=(4,), unit="V", low=-2.0, high=2.0)

    class Config(config.Config):
        """Settings of the amplifiers."""

        noise_v: float = Field(
            1e-3, ge=0, le=0.1, description="RMS noise at the output."
        )
        seed: int = Field(0, ge=0, description="Seed of the noise.")

    config: Config

    def connect(self) -> None:
        """Restart the noise, so that every opening repeats exactly."""
        self.rng = np.random.default_rng(self.config.seed)

    def measure(self, inputs: Array, params: Array) -> Array:
        """Amplify and saturate; see `Device.measure`."""
        clean = np.tanh(1.1 * params * inputs)
        noise = self.config.noise_v * self.rng.standard_normal(clean.shape)
        return (clean + noise).astype(np.float32)


class ToyTask(Task):
    """Tell which half of four numbers is larger on average, the first or the second."""

    name = "toy"

    class Config(TaskConfig):
        """Settings of the toy task."""

        examples: int = Field(
            300, ge=30, le=100_000, description="Examples; a third of them for testing."
        )

    config: Config

    def load(self) -> Splits:
        """Draw the examples; see `Task.load`."""
        rng = np.random.default_rng(0)
        features = rng.uniform(0, 1, (self.config.examples, 4)).astype(np.float32)
        later_half = features[:, 2:].sum(1) > features[:, :2].sum(1)
        labels = later_half.astype(np.int64)
        others = self.config.examples * 2 // 3
        kept, held_out = stratified(
            labels[:others], self.config.validation, self.config.seed
        )
        train, validation, test = (
            Split(features[rows], labels[rows])
            for rows in (kept, held_out, slice(others, None))
        )
        return Splits(train, validation, test, classes=("first", "second"))


class ToyPlugin:
    """All of the toy; use it in a test `with pnn.temporary_plugin(ToyPlugin()):`."""

    @hookimpl
    def pnn_devices(self) -> list[type[Device]]:
        """Return the amplifiers."""
        return [ToyDevice]

    @hookimpl
    def pnn_twins(self) -> list[Later]:
        """Return their data sheet, named without importing torch."""
        return [later("pnn_core.testing.toy_twin:ToyTwin")]

    @hookimpl
    def pnn_tasks(self) -> list[type[Task]]:
        """Return the task."""
        return [ToyTask]
