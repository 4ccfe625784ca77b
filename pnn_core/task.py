"""Tasks: named features and labels, split into train, validation and test."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pnn_core import config
from pnn_core.errors import TaskError


@dataclass(frozen=True)
class Split:
    """Examples with their labels.

    Args:
        features: float32, shape [example, *shape], in [0, 1].
        labels: int64, shape [example], class numbers from 0.
    """

    features: NDArray[np.float32]
    labels: NDArray[np.int64]

    def __post_init__(self) -> None:
        if len(self.features) != len(self.labels):
            raise TaskError(
                f"A split needs one label per example, got {len(self.features)} "
                f"examples and {len(self.labels)} labels.\n"
                f"  Look for a truncated file."
            )

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Splits:
    """The three splits of a task, and the names of its classes.

    Train on `train`, choose models on `validation`, touch `test` once.
    """

    train: Split
    validation: Split
    test: Split
    classes: tuple[str, ...]


class TaskConfig(config.Config):
    """Settings that every task has."""

    validation: float = Field(
        0.1, gt=0, lt=1, description="Share of the training examples held out."
    )
    seed: int = Field(0, ge=0, description="Seed of the validation split.")


class Task(ABC):
    """A data set to learn. Subclasses state `name` and write `load`.

    Args:
        **settings: Fields of this task's nested `Config`.
    """

    name: ClassVar[str]
    """What users type to choose this task. Unique among installed tasks."""

    Config: ClassVar[type[TaskConfig]] = TaskConfig

    def __init__(self, **settings: Any) -> None:
        self.config = config.validated(self.Config, settings, owner=self.name)

    @abstractmethod
    def load(self) -> Splits:
        """Read the data.

        Raises:
            TaskError: If the data cannot be found, or are damaged.
        """


def stratified(
    labels: NDArray[np.int64], fraction: float, seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the sorted indices of (kept, held out) examples, class by class.

    Of each class, round(fraction * count) examples are held out, at least one and
    never all.

    Args:
        labels: Shape [example].
        fraction: Share to hold out, between 0 and 1.
        seed: Of the choice; the same seed gives the same split.

    Raises:
        TaskError: If a class has a single example.
    """
    rng = np.random.default_rng(seed)
    held_out = []
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        if len(members) < 2:
            raise TaskError(
                f"Class {label} needs at least 2 examples to be split, got 1.\n"
                f"  Use more data, or leave the class out."
            )
        count = min(max(round(fraction * len(members)), 1), len(members) - 1)
        held_out.append(rng.permutation(members)[:count])
    chosen = np.sort(np.concatenate(held_out))
    kept = np.setdiff1d(np.arange(len(labels)), chosen)
    return kept, chosen
