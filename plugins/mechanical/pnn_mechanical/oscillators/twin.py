"""The oscillators' digital twin: the drawing's equations, exactly differentiated."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

import pnn_core as pnn
from pnn_mechanical.oscillators.swing import Swing

__all__ = ["OscillatorsTwin"]


class OscillatorsTwin(pnn.Twin):
    """Coupled oscillators as drawn, see `schematic`, integrated as many steps.

    Calibration fits the stretch of all angles and the stray couplings. Leaves out
    noise.
    """

    name = "mechanical-oscillators-bench"

    def __init__(self, device: pnn.Device, **settings: Any) -> None:
        super().__init__(device, **settings)
        asked, (count,) = device.config, device.inputs.shape
        self.steps, self.step = asked.steps, asked.step
        self.read, self.own = device.outputs.size, asked.self_coupling
        self.stretch = nn.Parameter(torch.ones(()))
        self.stray = nn.Parameter(torch.zeros(count, count))

    def forward(self, inputs: Tensor, params: Tensor) -> Tensor:
        """Predict; see `Twin.forward`."""
        swung: Tensor = Swing.apply(
            inputs,
            params,
            self.stray,
            self.stretch,
            (self.steps, self.step, self.read, self.own),
        )
        return swung
