"""Ideal backpropagation: the virtual plate's own equations with its own parts.

Possible only where the device is simulated, and useful as the upper bound:
physics-aware training with this twin has the exact gradient of the noiseless rig.
"""

from __future__ import annotations

from pnn_acoustic.bench import PlateBench
from pnn_acoustic.motion_twin import Motion
from pnn_acoustic.schematic import Microphone
from torch import Tensor, from_numpy, tanh

import pnn_core as pnn


class IdealPlate(pnn.Twin):
    """An open `PlateBench` without its noise and its converters, differentiable."""

    name = "acoustic-plate-ideal"

    def __init__(self, device: PlateBench) -> None:
        super().__init__(device)
        settings = device.config
        step_s = 1 / (settings.sample_rate_hz * settings.substeps)
        self.steps = step_s, settings.substeps, settings.delay_samples
        self.parts = [from_numpy(part) for part in device.parts]
        self.rail_v = Microphone().saturation_v

    def forward(self, inputs: Tensor, params: Tensor) -> Tensor:
        """Predict; see `Twin.forward`."""
        parts = (part.to(inputs.dtype) for part in self.parts)
        heard = Motion.apply(inputs, *parts, *self.steps)
        return self.rail_v * tanh(heard / self.rail_v)
