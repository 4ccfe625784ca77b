"""The toy device's digital twin."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from pnn_core.device import Device
from pnn_core.twin import Twin

__all__ = ["ToyTwin"]


class ToyTwin(Twin):
    """The amplifiers' data sheet, with one correction that calibration learns.

    outputs = tanh(gain params inputs), with gain = 1 until it is calibrated.
    """

    name = "toy"

    def __init__(self, device: Device, **settings: Any) -> None:
        super().__init__(device, **settings)
        self.gain = nn.Parameter(torch.ones(()))

    def forward(self, inputs: Tensor, params: Tensor) -> Tensor:
        """Predict the amplifiers' outputs; see `Twin.forward`."""
        return torch.tanh(self.gain * params * inputs)
