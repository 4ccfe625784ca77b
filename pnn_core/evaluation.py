"""Evaluation: how often a network is right, and what it takes for what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from pnn_core.task import Split

Tick = Callable[[int, int], None]
"""Called with (done, total) while something takes its time."""


@dataclass(frozen=True)
class Evaluation:
    """What a network did on one split.

    Args:
        accuracy: Share of examples whose largest logit is the label's.
        loss: Mean cross-entropy, in nats.
        confusion: Counts, shape [true class, predicted class].
    """

    accuracy: float
    loss: float
    confusion: NDArray[np.int64]


def evaluate(
    network: nn.Module,
    split: Split,
    *,
    classes: int,
    batch_size: int = 500,
    tick: Tick | None = None,
) -> Evaluation:
    """Run a network over a split, wherever its layers are set to run.

    Args:
        network: Features in, logits out; put into evaluation mode meanwhile.
        split: Examples and labels.
        classes: Number of classes.
        batch_size: Examples per run of the device.
        tick: Told the progress.
    """
    was_training = network.training
    network.eval()
    confusion = np.zeros((classes, classes), dtype=np.int64)
    loss = 0.0
    with torch.no_grad():
        for start in range(0, len(split), batch_size):
            features, labels = batch(split, slice(start, start + batch_size))
            logits = network(features)
            loss += float(nn.functional.cross_entropy(logits, labels, reduction="sum"))
            np.add.at(confusion, (labels.numpy(), logits.argmax(1).numpy()), 1)
            if tick:
                tick(min(start + batch_size, len(split)), len(split))
    network.train(was_training)
    accuracy = float(confusion.trace() / confusion.sum())
    return Evaluation(accuracy, loss / len(split), confusion)


def batch(
    split: Split, rows: slice | NDArray[np.int64]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return features and labels of the given rows as tensors."""
    return (
        torch.from_numpy(np.ascontiguousarray(split.features[rows])),
        torch.from_numpy(np.ascontiguousarray(split.labels[rows])),
    )
