"""Readouts: decoders that are fixed arithmetic on what was measured.

They have no trained weights but one temperature, which cannot change the answer.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from pnn_core.errors import SignalError

ReadoutName = Literal["window-means", "band-sums"]


class Readout(nn.Module):
    """Split the last axis into one stretch per class and reduce each to a logit.

    Stretches are contiguous, and their lengths differ by one at most.

    Args:
        classes: Number of classes.

    Shape:
        - Input: [batch, *any, sample], at least `classes` samples.
        - Output: [batch, classes]; other axes are averaged.
    """

    mean: bool

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.classes = classes
        self.log_temperature = nn.Parameter(torch.zeros(()))

    def forward(self, outputs: Tensor) -> Tensor:
        """Return logits; the largest wins."""
        if outputs.shape[-1] < self.classes:
            raise SignalError(
                f"{type(self).__name__} needs at least {self.classes} samples for "
                f"{self.classes} classes, got {outputs.shape[-1]}.\n"
                f"  Measure a longer output, or use fewer classes."
            )
        stretches = outputs.tensor_split(self.classes, dim=-1)
        logits = torch.stack(
            [s.mean(-1) if self.mean else s.sum(-1) for s in stretches], dim=-1
        )
        while logits.ndim > 2:
            logits = logits.mean(1)
        return logits * torch.exp(-self.log_temperature)


class WindowMeans(Readout):
    """Mean over one time window per class, largest wins.

    The readout of the acoustic and electronic networks of Wright, Onodera et al.,
    Nature 601, 549 (2022).
    """

    mean = True


class BandSums(Readout):
    """Sum over one spectral band per class, largest wins: a detector per class."""

    mean = False


READOUTS: dict[str, type[Readout]] = {
    "band-sums": BandSums,
    "window-means": WindowMeans,
}
