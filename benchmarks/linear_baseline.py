"""Logistic regression: what a task asks of a digital computer at the least."""

from __future__ import annotations

import torch
from torch import nn

import pnn_core as pnn

__all__ = ["linear_accuracy"]

DECAY = 1e-3


def linear_accuracy(splits: pnn.Splits) -> float:
    """Return the test accuracy of logistic regression on standardised features.

    The loss, cross-entropy and half of DECAY times the weights' squares, is convex,
    and is minimised until it no longer falls.
    """
    train, test = (
        torch.from_numpy(split.features).flatten(1).double()
        for split in (splits.train, splits.test)
    )
    mean, deviation = train.mean(0), train.std(0).clamp(min=1e-6)
    labels = torch.from_numpy(splits.train.labels)
    model = nn.Linear(train.shape[1], len(splits.classes)).double()
    for weight in model.parameters():
        nn.init.zeros_(weight)
    search = torch.optim.LBFGS(
        model.parameters(), max_iter=2000, line_search_fn="strong_wolfe"
    )

    def loss() -> torch.Tensor:
        search.zero_grad()
        logits = model((train - mean) / deviation)
        total = nn.functional.cross_entropy(logits, labels)
        total = total + DECAY / 2 * model.weight.square().sum()
        torch.autograd.backward(total)
        return total

    search.step(loss)
    with torch.no_grad():
        guessed = model((test - mean) / deviation).argmax(1)
    return float((guessed == torch.from_numpy(splits.test.labels)).double().mean())
