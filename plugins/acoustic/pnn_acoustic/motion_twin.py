"""A twin that knows the equations of motion and has to find out the parts."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

import pnn_core as pnn
from pnn_acoustic.schematic import AIR_KG_PER_M3, Microphone, Plate, Speaker

__all__ = ["Motion", "MotionTwin"]

REACH_M = 0.1e-3
"""Displacement at which `bend` states by how much Bl and K have changed."""


class MotionTwin(pnn.Twin):
    """Loudspeaker, plate and microphone by their equations of motion.

    outputs = rail tanh((offset + heard) / rail), where heard follows from the inputs by
    the equations in `pnn_acoustic.motion`, in `substeps` Runge-Kutta steps a sample.
    Every part starts at its nominal value, with Bl and K independent of the
    displacement; calibration fits all of them. Leaves out converters and noise.
    """

    name = "acoustic-plate-motion"

    class Config(pnn.Config):
        """Settings of the twin."""

        modes: int = Field(
            16, ge=1, le=64, description="Modes of the plate, lowest first."
        )
        substeps: int = Field(
            2, ge=1, le=64, description="Runge-Kutta steps per sample."
        )

    config: Config

    def __init__(self, device: pnn.Device, **settings: Any) -> None:
        super().__init__(device, **settings)
        plate, speaker, microphone = Plate(), Speaker(), Microphone()
        modes = plate.modes(self.config.modes, microphone)
        rate_hz = device.inputs.sample_rate_hz
        self.step_s = 1 / (rate_hz * self.config.substeps)
        self.delay = round((device.outputs.start_s - device.inputs.start_s) * rate_hz)
        self.modal_mass_kg = plate.modal_mass_kg
        stretch = 1.5 * plate.rigidity_n_m / plate.thickness_m**2
        gain = AIR_KG_PER_M3 / (2 * np.pi) * microphone.sensitivity_v_per_pa
        nominal = {
            "motor": [
                speaker.force_factor_n_per_a,
                speaker.stiffness_n_per_m,
                speaker.friction_kg_per_s,
                speaker.mass_kg,
                stretch / plate.surface_density_kg_per_m2,
                speaker.resistance_ohm,
                1 / speaker.inductance_h,
            ],
            "omega": 2 * np.pi * modes.frequency_hz,
            "damping": modes.damping,
            "shape": modes.drive_shape,
            "squared": modes.wavenumber_squared_per_m2,
            "radiation": gain
            * np.stack([modes.radiation_m.real, -modes.radiation_m.imag]),
        }
        for part, value in nominal.items():
            self.register_buffer(
                part, torch.tensor(np.asarray(value)), persistent=False
            )
        count = self.config.modes
        self.log_motor = nn.Parameter(torch.zeros(7))
        self.bend = nn.Parameter(torch.zeros(4))
        self.log_omega = nn.Parameter(torch.zeros(count))
        self.log_damping = nn.Parameter(torch.zeros(count))
        self.shape_error = nn.Parameter(torch.zeros(count))
        self.radiation_error = nn.Parameter(torch.zeros(2, count))
        self.offset = nn.Parameter(torch.zeros(()))
        self.log_rail = nn.Parameter(torch.tensor(microphone.saturation_v).log())

    def forward(self, inputs: Tensor, params: Tensor) -> Tensor:
        """Predict; see `Twin.forward`."""
        motor, plate, pickup = (part.to(inputs.dtype) for part in self.parts())
        heard = Motion.apply(
            inputs, motor, plate, pickup, self.step_s, self.config.substeps, self.delay
        )
        rail = self.log_rail.exp()
        return rail * torch.tanh((self.offset + heard) / rail)

    def parts(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return the coefficients that `places` names MOTOR, PLATE and PICKUP."""
        bl, k, r, mass, tau, resistance, per_henry = self.motor * self.log_motor.exp()
        omega = self.omega * self.log_omega.exp()
        shape = self.shape + self.shape_error
        accept = shape / self.modal_mass_kg
        steep, curved = 1 / REACH_M, 1 / REACH_M**2
        b1, b2, k1, k2 = self.bend
        motor = [
            *(bl, bl * b1 * steep, bl * b2 * curved),
            *(k, k * k1 * steep, k * k2 * curved),
            *(r, mass, 1 / (1 + mass * (shape @ accept)), tau, resistance, per_henry),
        ]
        friction = 2 * self.damping * self.log_damping.exp() * omega
        size = self.radiation.norm(dim=0)
        radiation = self.radiation + size * self.radiation_error
        return (
            torch.stack(motor),
            torch.stack([omega**2, friction, shape, accept, self.squared]),
            torch.stack([radiation[0], radiation[1] * omega]),
        )


class Motion(torch.autograd.Function):
    """What is heard of volts, both [batch, sample], and its exact gradient."""

    @staticmethod
    def forward(
        ctx: Any,
        volts: Tensor,
        motor: Tensor,
        plate: Tensor,
        pickup: Tensor,
        step_s: float,
        substeps: int,
        delay: int,
    ) -> Tensor:
        """Integrate the equations of motion, and keep the state at every sample."""
        from pnn_acoustic.motion import push_forward
        from pnn_acoustic.places import kept_size

        played = _laned(volts)
        parts = [_array(part) for part in (motor, plate, pickup)]
        blocks, samples, _ = played.shape
        kept = np.empty(
            (blocks, samples + delay + 1, kept_size(plate.shape[1])), played.dtype
        )
        heard = np.empty_like(played)
        ctx.arguments = (*parts, played.dtype.type(step_s), substeps, delay, kept)
        ctx.played = played
        push_forward(played, *ctx.arguments, heard)
        return _batched(heard, volts)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        """Integrate the adjoint equations."""
        from pnn_acoustic.adjoint import pull_back

        fit = any(ctx.needs_input_grad[1:4])
        motor, plate, pickup = ctx.arguments[:3]
        blocks, number = len(ctx.played), ctx.played.dtype
        volts_bar = np.zeros_like(ctx.played)
        motor_bar = np.zeros((blocks, len(motor)), number)
        modes_bar = np.zeros((blocks, len(plate) + len(pickup), plate.shape[1]), number)
        bars = _laned(grad), volts_bar, motor_bar, modes_bar
        pull_back(ctx.played, *ctx.arguments, fit, bars)
        modes = modes_bar.sum(0)
        found = motor_bar.sum(0), modes[: len(plate)], modes[len(plate) :]
        parts = (torch.from_numpy(part).to(grad) if fit else None for part in found)
        return _batched(volts_bar, grad), *parts, None, None, None


def _array(tensor: Tensor) -> NDArray[Any]:
    return np.ascontiguousarray(tensor.numpy(force=True))


def _laned(signal: Tensor) -> NDArray[Any]:
    """Return a signal [batch, sample] as [block, sample, lane], padded with silence."""
    from pnn_acoustic.places import LANES

    batch, samples = signal.shape
    padded = signal.detach().new_zeros(-(-batch // LANES) * LANES, samples)
    padded[:batch] = signal.detach()
    return _array(padded.reshape(-1, LANES, samples).transpose(1, 2))


def _batched(laned: NDArray[Any], like: Tensor) -> Tensor:
    """Undo `_laned`, for a signal shaped and placed like another."""
    tensor = torch.from_numpy(laned).transpose(1, 2).reshape(-1, laned.shape[1])
    return tensor[: len(like)].to(like.device)
