"""The plate's digital twin: a bent drive, a sum of ringing modes, a soft rail."""

from __future__ import annotations

from typing import Any

import torch
from pydantic import Field
from torch import Tensor, nn

import pnn_core as pnn
from pnn_acoustic.response import poles_and_residues, state_space
from pnn_acoustic.schematic import Microphone, Plate, Speaker
from pnn_core.mixing import toeplitz

__all__ = ["PlateTwin"]


class PlateTwin(pnn.Twin):
    """Linear loudspeaker and plate, between two memoryless nonlinearities.

    outputs_n = rail tanh((offset + sum_m h_(n+delay-m) bend(inputs_m)) / rail),
    h_k = sum_j Re(r_j exp((-d_j + i w_j) k)), bend(u) = u + b_2 u^2 + b_3 u^3.

    The rates d, w and residues r of modes and coil start at those of the schematic,
    the bend at zero; calibration fits them all. Leaves out what makes the plate's
    stiffness and the motor's force depend on their motion, and the noise.
    """

    name = "acoustic-plate-bench"

    class Config(pnn.Config):
        """Settings of the twin."""

        modes: int = Field(
            16, ge=1, le=64, description="Modes of the plate, lowest first."
        )

    config: Config
    sample: Tensor

    def __init__(self, device: pnn.Device, **settings: Any) -> None:
        super().__init__(device, **settings)
        samples, rate_hz = device.inputs.shape[-1], device.inputs.sample_rate_hz
        plate, microphone = Plate(), Microphone()
        modes = plate.modes(self.config.modes, microphone)
        a, b, c = state_space(Speaker(), plate, modes, microphone)
        rates, residues = poles_and_residues(a, b, c, 1 / rate_hz)
        self.full_scale = device.inputs.high
        self.scale = float(abs(residues).max()) * self.full_scale
        residues = torch.as_tensor(residues / abs(residues).max())
        rates = torch.as_tensor(rates / rate_hz)

        self.register_buffer("decay", (-rates.real).float(), persistent=False)
        self.register_buffer("turn", rates.imag.float(), persistent=False)
        self.log_decay = nn.Parameter(torch.zeros(len(rates)))
        self.detuning = nn.Parameter(torch.zeros(len(rates)))
        self.residue = nn.Parameter(torch.stack([residues.real, residues.imag]).float())
        self.bend = nn.Parameter(torch.zeros(2))
        self.offset = nn.Parameter(torch.zeros(()))
        self.log_rail = nn.Parameter(torch.tensor(microphone.saturation_v).log())

        self.samples = samples
        self.delay = round((device.outputs.start_s - device.inputs.start_s) * rate_hz)
        reach = torch.arange(samples + self.delay).float()
        self.register_buffer("sample", reach, persistent=False)
        self._kept = torch.empty(0), torch.empty(0)

    def forward(self, inputs: Tensor, params: Tensor) -> Tensor:
        """Predict; see `Twin.forward`."""
        u = inputs / self.full_scale
        bent = u * (1 + u * (self.bend[0] + u * self.bend[1]))
        heard = self.offset + bent @ self.matrix()
        rail = self.log_rail.exp()
        return rail * torch.tanh(heard / rail)

    def response(self) -> Tensor:
        """Return the impulse response [lag], in volts per full-scale hold."""
        decay = torch.exp(-torch.outer(self.decay * self.log_decay.exp(), self.sample))
        angle = torch.outer(self.turn * (1 + self.detuning), self.sample)
        real, imaginary = self.residue
        ringing = real @ (decay * angle.cos()) - imaginary @ (decay * angle.sin())
        return self.scale * ringing

    def matrix(self) -> Tensor:
        """Return the response as a causal matrix [sample in, sample out].

        While the twin is frozen it is kept, together with the weights it was built of.
        """
        weights = torch.cat([weight.flatten() for weight in self.parameters()])
        if weights.requires_grad:
            return self._built()
        seen, matrix = self._kept
        place = matrix.dtype, matrix.device
        if place != (weights.dtype, weights.device) or not weights.equal(seen):
            with torch.inference_mode(False), torch.no_grad():
                self._kept = weights.clone(), self._built()
        return self._kept[1]

    def _built(self) -> Tensor:
        """Return the matrix of the weights as they are."""
        return toeplitz(self.response()[None])[0, : self.samples, self.delay :]
