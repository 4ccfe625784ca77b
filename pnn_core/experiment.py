"""Experiments: a whole training described by one small file, and built from it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import BaseModel, ConfigDict, Field
from torch import nn

from pnn_core import config, plugins
from pnn_core.calibration import CalibrationConfig
from pnn_core.device import Device
from pnn_core.encoder import Encoder
from pnn_core.errors import SettingError
from pnn_core.lab import lab_settings
from pnn_core.network import physical_network
from pnn_core.readout import ReadoutName
from pnn_core.task import Task
from pnn_core.trainer import Trainer
from pnn_core.twin import Twin


class Part(BaseModel):
    """A component by name; every other key is one of its settings."""

    model_config = ConfigDict(frozen=True, extra="allow")

    name: str

    def load(self, kind: plugins.Kind) -> type[Any]:
        """Return the component's class, its settings validated.

        Raises:
            PluginError: If no installed plugin provides it.
            SettingError: If a setting does not fit.
        """
        cls = plugins.get(kind, self.name)
        given = self._lab(kind) | self.settings
        config.validated(cls.Config, given, owner=self.name)
        return cls

    @property
    def settings(self) -> dict[str, Any]:
        """The component's settings as given."""
        return self.model_extra or {}

    def resolved(self, kind: plugins.Kind) -> Part:
        """Return the same with every default spelled out.

        What the lab file says is left out: it is the machine's, not the experiment's.
        """
        model: type[config.Config] = self.load(kind).Config
        lab = self._lab(kind)
        full = config.validated(model, lab | self.settings, owner=self.name)
        theirs = set(lab) - set(self.settings)
        spelled = full.model_dump(mode="json", exclude_none=True, exclude=theirs)
        return Part(name=self.name, **spelled)

    def _lab(self, kind: plugins.Kind) -> dict[str, Any]:
        """Return what this machine's lab file says of the component."""
        return lab_settings(self.name) if kind == "device" else {}


class NetworkConfig(config.Config):
    """The shape of the network."""

    layers: int = Field(3, ge=1, description="Passes through the device.")
    skip: bool = Field(True, description="Whether layers have skip connections.")
    skip_gain: float = Field(0.0, description="Gain of each skip, at the start.")
    readout: ReadoutName = Field("window-means", description="How logits are read.")


class Experiment(config.Config):
    """What to train, on what, how. Read one with `Experiment.load`."""

    name: str = Field("experiment", pattern=r"^[\w.-]+$", description="Of its runs.")
    task: Part = Field(description="The data set.")
    device: Part = Field(description="The physics.")
    encoder: Part = Field(Part(name="affine"), description="Features to inputs.")
    twin: Part | None = Field(None, description="The model; default: the device's own.")
    calibration: CalibrationConfig | None = Field(
        None, description="How to fit the twin; absent: it stays as it is built."
    )
    network: NetworkConfig = Field(
        default_factory=lambda: NetworkConfig.model_validate({}),
        description="Depth and readout.",
    )
    trainer: Part = Field(Part(name="pat"), description="How to train.")

    @classmethod
    def load(cls, path: Path) -> Experiment:
        """Read an experiment from a TOML file.

        Raises:
            SettingError: If the file is missing, is no TOML, or a key does not fit.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingError(
                f"Experiment {path} cannot be read: {error}.\n"
                f"  Give the path of a TOML file, see docs/experiments.md."
            ) from None
        try:
            fields = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise SettingError(
                f"Experiment {path} is not valid TOML: {error}.\n"
                f'  Tables look like [device], settings like name = "toy".'
            ) from None
        return config.validated(cls, fields, owner=f"Experiment {path}")

    def resolved(self) -> Experiment:
        """Return the same experiment with every default spelled out.

        Raises:
            PluginError: If a component is not installed.
            SettingError: If a setting does not fit its component.
        """
        return self.model_copy(
            update={
                "task": self.task.resolved("task"),
                "device": self.device.resolved("device"),
                "encoder": self.encoder.resolved("encoder"),
                "twin": self._twin().resolved("twin"),
                "trainer": self.trainer.resolved("trainer"),
            }
        )

    def toml(self) -> str:
        """Return the experiment as the text of a TOML file."""
        return tomli_w.dumps(self.model_dump(mode="json", exclude_none=True))

    def build_task(self) -> Task:
        """Build the task; nothing is read yet."""
        task: Task = self.task.load("task")(**self.task.settings)
        return task

    def build_device(self) -> Device:
        """Build the device, closed."""
        device: Device = self.device.load("device")(**self.device.settings)
        return device

    def build_twin(self, device: Device) -> Twin:
        """Build the device's twin, not calibrated."""
        part = self._twin()
        twin: Twin = part.load("twin")(device, **part.settings)
        return twin

    def build_network(self, device: Device, twin: Twin, classes: int) -> nn.Sequential:
        """Build the network, not trained."""
        encoder: Callable[..., Encoder] = self.encoder.load("encoder")
        return physical_network(
            device,
            twin,
            classes=classes,
            encoder=partial(encoder, **self.encoder.settings),
            **self.network.model_dump(),
        )

    def build_trainer(self) -> Trainer:
        """Build the trainer."""
        trainer: Trainer = self.trainer.load("trainer")(**self.trainer.settings)
        return trainer

    def _twin(self) -> Part:
        """Return the twin asked for, the device's own, or the learned one."""
        if self.twin is not None:
            return self.twin
        own = plugins.twin_of(self.device.load("device"))
        return Part(name=own or "learned")
