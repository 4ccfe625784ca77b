"""The tank's digital twin: low waves, and their mirror images in the walls."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

import pnn_core as pnn
from pnn_fluid.schematic import Tank

__all__ = ["TankTwin"]


class TankTwin(pnn.Twin):
    """Linear waves on water of one depth, as the drawing has it.

    level(x, t) = G_x / c sum_m exp(-r y_m / c) B v(t - y_m / c), with v the speed of
    a plunger of thickness B and y_m the way from its images in the walls to the gauge:
    d'Alembert's solution between mirrors. v follows the strokes as the servo does.

    Wave speed c, decay r, the servos' frequencies and damping and every gain start at
    the drawing's values; calibration fits them. Leaves out what makes waves interact:
    that they run faster where the water is higher, and carry each other along.
    """

    name = "fluid-tank-bench"

    def __init__(self, device: pnn.Device, **settings: Any) -> None:
        super().__init__(device, **settings)
        given, wanted = device.inputs, device.outputs
        self.played, self.recorded = given.shape, wanted.shape
        self.sample_s = 1 / (given.sample_rate_hz or 1)
        self.delay = round((wanted.start_s - given.start_s) / self.sample_s)
        self.tank = Tank()
        self.log_speed = nn.Parameter(torch.zeros(()))
        self.log_decay = nn.Parameter(torch.zeros(()))
        self.log_servo = nn.Parameter(torch.zeros(2))
        self.log_damping = nn.Parameter(torch.zeros(2))
        self.log_plunger = nn.Parameter(torch.zeros(2))
        self.log_gauge = nn.Parameter(torch.zeros(wanted.shape[0]))
        self._kept = torch.empty(0), torch.empty(0)

    def forward(self, inputs: Tensor, params: Tensor) -> Tensor:
        """Predict; see `Twin.forward`."""
        levels: Tensor = inputs.flatten(1) @ self.matrix().to(inputs.dtype)
        return levels.reshape(-1, *self.recorded)

    def matrix(self) -> Tensor:
        """Return the response [plunger and sample played, gauge and sample recorded].

        While the twin is frozen it is kept, together with the weights it was built of.
        """
        weights = torch.cat([weight.flatten() for weight in self.parameters()])
        if weights.requires_grad:
            return self._built()
        if not weights.equal(self._kept[0].to(weights)):
            with torch.inference_mode(False), torch.no_grad():
                self._kept = weights.clone(), self._built()
        return self._kept[1]

    def _built(self) -> Tensor:
        tank = self.tank
        speed = tank.speed_m_per_s * self.log_speed.exp()
        decay = tank.decay_per_s * self.log_decay.exp()
        plunger = tank.plunger_m * self.log_plunger.exp()
        lags = torch.arange(1 - self.played[1], self.recorded[1] + 1)
        lag_s = (lags + self.delay).to(speed) * self.sample_s
        rows = []
        for end in range(2):
            arrival_s = self._ways_m(end).to(speed) / speed
            late_s = lag_s[:, None, None] - arrival_s
            began, ended = (
                self._speed_per_m(end, late_s - held) for held in (0, self.sample_s)
            )
            heard = (torch.exp(-decay * arrival_s) * (began - ended)).sum(-1)
            rows.append(plunger[end] / speed * self.log_gauge.exp() * heard)
        windows = torch.stack(rows).unfold(1, self.recorded[1], 1).flip(1)
        return windows[:, : self.played[1]].flatten(2).flatten(0, 1)

    def _ways_m(self, end: int) -> Tensor:
        """Return the ways from a plunger's images to each gauge, [gauge, image]."""
        tank = self.tank
        seconds = (self.recorded[1] + self.delay) * self.sample_s
        images = 2 + int(1.5 * seconds * tank.speed_m_per_s / (2 * tank.length_m))
        at = torch.tensor(tank.gauges_m, dtype=torch.float64)
        first = (at if end == 0 else tank.length_m - at)[:, None]
        rounds = 2 * tank.length_m * torch.arange(images)
        return torch.cat([first + rounds, 2 * tank.length_m - first + rounds], dim=1)

    def _speed_per_m(self, end: int, t_s: Tensor) -> Tensor:
        """Return the plunger's speed at a time after it is told to move by a metre."""
        omega = 2 * torch.pi * self.tank.servo_hz * self.log_servo[end].exp()
        zeta = (self.tank.servo_damping * self.log_damping[end].exp()).clamp(max=0.99)
        ringing = omega * torch.sqrt(1 - zeta**2)
        t_s = t_s.clamp(min=0)
        decayed = torch.exp(-zeta * omega * t_s) * torch.sin(ringing * t_s)
        return omega**2 / ringing * decayed
