"""What a trainer is: a way of choosing a physical network's parameters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import nn

from pnn_core import config
from pnn_core.device import Device
from pnn_core.evaluation import Tick
from pnn_core.layer import PhysicalLayer, Where
from pnn_core.task import Split
from pnn_core.usage import Usage


@dataclass(frozen=True)
class Epoch:
    """What one pass over the training data achieved, and what it cost.

    Args:
        number: From 1.
        loss: Mean cross-entropy over the training batches, in nats.
        accuracy: On the training batches, as a fraction.
        validation: Accuracy on the validation split, or None without one.
        seconds: Wall time since training began.
        usage: What the devices spent since training began.
    """

    number: int
    loss: float
    accuracy: float
    validation: float | None
    seconds: float
    usage: Usage


Report = Callable[[Epoch], None]


class Trainer(ABC):
    """Train a network that contains physical layers. Subclasses write `fit`.

    Args:
        **settings: Fields of this trainer's nested `Config`.
    """

    name: ClassVar[str]
    """What users type to choose this trainer. Unique among installed trainers."""

    Config: ClassVar[type[config.Config]] = config.Config

    forward_on: ClassVar[Where] = "device"
    """Where the forward pass runs while training."""

    def __init__(self, **settings: Any) -> None:
        self.config = config.validated(self.Config, settings, owner=self.name)

    @abstractmethod
    def fit(
        self,
        network: nn.Module,
        train: Split,
        validation: Split | None = None,
        *,
        report: Report | None = None,
        tick: Tick | None = None,
    ) -> list[Epoch]:
        """Train `network` in place; return a record an epoch.

        Args:
            network: Features in, logits out. Its devices are open.
            train: What to learn from.
            validation: What to measure progress on, if anything.
            report: Told each epoch as it ends.
            tick: Told (steps done, steps in all).
        """

    def most_examples(self, train: int, validation: int = 0) -> int | None:
        """Return the most examples that `fit` runs on each physical layer's device.

        Physical time is scarce: override, so that it can be planned. None says that
        it is not known.

        Args:
            train: Examples to learn from.
            validation: Examples to measure progress on.
        """
        return None


def devices(network: nn.Module) -> list[Device]:
    """Return the devices a network runs on, each once."""
    layers = (m for m in network.modules() if isinstance(m, PhysicalLayer))
    return list(dict.fromkeys(layer.device for layer in layers))


def usage(network: nn.Module) -> Usage:
    """Return what a network's devices have spent so far, together."""
    total = Usage()
    for device in devices(network):
        total = total + device.usage
    return total
