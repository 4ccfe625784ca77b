"""What stands beside the oscillators' accuracies: baselines, and the bench."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from cached import cached
from oscillator_runs import BATCH, CODE, one_epoch
from pnn_mechanical.oscillators.bench import OscillatorsBench
from torch import Tensor, nn

from pnn_core.evaluation import evaluate
from pnn_core.task import Split, Splits

__all__ = ["bench_line", "linear_accuracy", "rested"]


class Linear(nn.Module):
    """Logits linear in some pixels.

    Args:
        pick: Returns pixels [batch, pixel] of images.
        pixels: How many.
    """

    def __init__(self, pick: Callable[[Tensor], Tensor], pixels: int) -> None:
        super().__init__()
        self.pick, self.map = pick, nn.Linear(pixels, 10)

    def forward(self, images: Tensor) -> Tensor:
        """Return logits."""
        logits: Tensor = self.map(self.pick(images))
        return logits


def linear_accuracy(
    name: str, splits: Splits, pick: Callable[[Tensor], Tensor], epochs: int, seed: int
) -> float:
    """Return the test accuracy of a linear map trained in as many passes."""

    def run() -> dict[str, float]:
        torch.manual_seed(seed)
        network = Linear(pick, pick(torch.zeros(1, 28, 28)).shape[1])
        optimizer = torch.optim.Adam(network.parameters())
        rng = np.random.default_rng(seed)
        for _ in range(epochs):
            one_epoch(network, splits.train, optimizer, rng)
        return {"test": evaluate(network, splits.test, classes=10).accuracy}

    settings = {"epochs": epochs, "batch": BATCH, "seed": seed, "code": CODE}
    return cached(f"{name}/linear-seed{seed}", settings, run)["test"]


def rested(test: Split) -> float:
    """Return the accuracy without physics: the ten that are read stay at zero."""
    return float(np.mean(test.labels == 0))


def bench_line() -> str:
    """Return the virtual bench's imperfections in one line."""
    c = OscillatorsBench().config
    return (
        f"angles act {c.stretch:.0%} larger, stray couplings {c.stray_coupling:g}, "
        f"noise {c.noise_rad:g} rad"
    )
