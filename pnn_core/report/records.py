"""Records: what the JSON and TOML files of a run folder must hold to be reported."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pnn_core.usage import Usage


class Record(BaseModel):
    """Named values out of a file; what a report has no use for is left aside."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Port(Record):
    """One port of the device: the unit of its signal, and how often it is sampled."""

    unit: str
    sample_rate_hz: float | None = Field(None, gt=0)


class Manifest(Record):
    """manifest.json."""

    status: str
    started: datetime
    updated: datetime
    command: str = ""
    error: str = ""
    virtual: bool | None = None
    versions: dict[str, str] = {}
    machine: dict[str, str | int | None] = {}
    usage: Usage | None = None
    signals: dict[str, Port] = {}

    @property
    def took(self) -> timedelta:
        """From the start to the last thing recorded."""
        return self.updated - self.started


class Part(Record):
    """A component of an experiment."""

    name: str


class Outline(Record):
    """experiment.toml, as far as names go."""

    name: str = "experiment"
    task: Part
    device: Part
    encoder: Part | None = None
    twin: Part | None = None
    trainer: Part | None = None


class CalibrationRecord(Record):
    """calibration.json."""

    gap: float
    gap_before: float
    examples: int
    seconds: float


class EpochRecord(Record):
    """One entry of metrics.json."""

    number: int
    loss: float
    accuracy: float
    validation: float | None
    seconds: float
    usage: Usage


class EvaluationRecord(Record):
    """One entry of evaluation.json; counts are [true class][predicted class]."""

    accuracy: float
    loss: float
    confusion: list[list[int]]
    classes: list[str]
    virtual: bool | None = None

    @model_validator(mode="after")
    def _square(self) -> EvaluationRecord:
        size = len(self.classes)
        if [len(row) for row in self.confusion] != [size] * size:
            raise ValueError(f"the confusion matrix is not {size} by {size}")
        return self
