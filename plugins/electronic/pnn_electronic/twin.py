"""The circuit's digital twin: the drawing's equations, with learnable parts."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

import pnn_core as pnn
from pnn_electronic.schematic import Parts

__all__ = ["CircuitTwin"]


class CircuitTwin(pnn.Twin):
    """The nominal circuit, integrated and differentiated by compiled code.

    See `pnn_electronic.adjoint` for the equations. Calibration fits ratios of R, L, C,
    beta, lambda and of the gains to the drawing's, and two offsets. Leaves out noise,
    converters, the gate's junctions and every capacitance but C.
    """

    name = "electronic-circuit-bench"

    class Config(pnn.Config):
        """Settings of the twin."""

        substeps: int = Field(
            1, ge=1, le=64, description="Runge-Kutta steps per sample, at least."
        )

    config: Config
    drawn: Tensor

    def __init__(self, device: pnn.Device, **settings: Any) -> None:
        super().__init__(device, **settings)
        parts, rate_hz = Parts(), device.inputs.sample_rate_hz
        drawn = (
            parts.resistance_ohm,
            1 / parts.inductance_h,
            1 / parts.capacitance_f,
            parts.beta_a_per_v2,
            parts.lambda_per_v,
            parts.drive_gain,
            parts.gate_gain,
        )
        self.register_buffer("drawn", torch.tensor(drawn), persistent=False)
        self.open_v = parts.gate_bias_v - parts.threshold_v
        self.probe_gain = parts.probe_gain
        self.log_ratio = nn.Parameter(torch.zeros(len(drawn)))
        self.log_probe = nn.Parameter(torch.zeros(()))
        self.gate_offset_v = nn.Parameter(torch.zeros(()))
        self.probe_offset_v = nn.Parameter(torch.zeros(()))
        self.delay = round((device.outputs.start_s - device.inputs.start_s) * rate_hz)
        self.steps = max(self.config.substeps, parts.least_steps(rate_hz))
        self.step_s = 1 / (rate_hz * self.steps)

    def forward(self, inputs: Tensor, params: Tensor) -> Tensor:
        """Predict; see `Twin.forward`."""
        ratio = self.log_ratio.exp() * self.drawn
        values = torch.cat([ratio, (self.open_v + self.gate_offset_v)[None]])
        played = nn.functional.pad(inputs, (0, self.delay))
        heard = Played.apply(played, values, self.step_s, self.steps)
        gain = self.probe_gain * self.log_probe.exp()
        return self.probe_offset_v + gain * heard[:, self.delay :]


class Played(torch.autograd.Function):
    """Capacitor volts [batch, sample] at the end of each hold of the played volts."""

    @staticmethod
    def forward(
        ctx: Any, volts: Tensor, values: Tensor, step_s: float, substeps: int
    ) -> Tensor:
        """Integrate, and keep the start of every step."""
        from pnn_electronic.adjoint import play

        played = _blocked(volts)
        blocks, samples, lanes = played.shape
        trace = np.empty((blocks, samples * substeps, 2, lanes), played.dtype)
        heard = np.empty_like(played)
        run = tuple(values.numpy(force=True)), played.dtype.type(step_s), substeps
        play(played, *run, trace, heard)
        ctx.kept = played, run, trace, len(volts)
        return _rows(heard, len(volts))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor | None, ...]:
        """Go back through the steps."""
        from pnn_electronic.adjoint import VALUES, pull

        played, run, trace, batch = ctx.kept
        pulled = np.empty_like(played)
        sums = np.zeros((len(played), len(VALUES), played.shape[2]), played.dtype)
        pull(played, *run, trace, _blocked(grad_outputs[0]), pulled, sums)
        return _rows(pulled, batch), torch.from_numpy(sums.sum((0, 2))), None, None


def _blocked(rows: Tensor) -> NDArray[Any]:
    """Return rows [batch, sample] as [block, sample, lane], the last block padded."""
    from pnn_electronic.adjoint import LANES

    batch, samples = rows.shape
    blocks = -(-batch // LANES)
    padded = np.zeros((blocks * LANES, samples), rows.numpy(force=True).dtype)
    padded[:batch] = rows.numpy(force=True)
    return padded.reshape(blocks, LANES, samples).transpose(0, 2, 1).copy()


def _rows(blocked: NDArray[Any], batch: int) -> Tensor:
    """Return the inverse of `_blocked`."""
    samples = blocked.shape[1]
    rows = blocked.transpose(0, 2, 1).reshape(-1, samples)[:batch]
    return torch.from_numpy(np.ascontiguousarray(rows))
