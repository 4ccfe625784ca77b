"""The tank that was really built: what its drawing does not say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

import pnn_core as pnn
from pnn_fluid.schematic import GRAVITY_M_PER_S2, Tank

Vector = NDArray[np.float64]

__all__ = ["PartConfig", "Parts", "built"]


class PartConfig(pnn.Config):
    """Settings of the specimen."""

    cells: int = Field(64, ge=8, le=4096, description="Cells along the tank.")
    fill_m: float = Field(
        1e-3, ge=0, le=5e-3, description="RMS error of the depth it is filled to."
    )
    bottom_m: float = Field(
        1e-3, ge=0, le=3e-3, description="RMS unevenness of the bottom, tilt included."
    )
    friction_factor: float = Field(
        0.025, ge=0, le=1, description="Darcy's friction factor of bottom and walls."
    )
    servo_spread: float = Field(
        0.1, ge=0, le=0.3, description="Relative spread of the servos' frequencies."
    )
    gain_spread: float = Field(
        0.02, ge=0, le=0.2, description="Relative spread of plungers and gauges."
    )
    part_seed: int = Field(0, ge=0, description="Seed of the parts' tolerances.")


@dataclass(frozen=True)
class Parts:
    """One specimen.

    Args:
        tank: The drawing.
        depth_m: At rest, at the faces of the cells, [face].
        friction: f in tau / rho = f u |u|.
        servo_hz: Natural frequency of each plunger, [end].
        plunger_m: Thickness of each plunger, [end].
        gauge_gain: What each gauge makes of a metre, [gauge].
    """

    tank: Tank
    depth_m: Vector
    friction: float
    servo_hz: Vector
    plunger_m: Vector
    gauge_gain: Vector

    @property
    def constants(self) -> tuple[float, float, float]:
        """Return gravity, friction, and the length of a cell."""
        cell_m = self.tank.length_m / (len(self.depth_m) - 1)
        return GRAVITY_M_PER_S2, self.friction, cell_m

    def least_steps(self, sample_rate_hz: float) -> int:
        """Return how many steps of a sample keep waves from crossing a cell in one.

        Twice sqrt(g d) leaves room for the current and the height of a bore.
        """
        gravity, _, cell_m = self.constants
        fastest = 2 * np.sqrt(gravity * self.depth_m.max())
        return int(np.ceil(fastest / (cell_m * sample_rate_hz)))

    def servos(self, step_s: float) -> Vector:
        """Return what a step makes of each plunger's (stroke, speed, aim), [end, 2, 3].

        s'' = omega^2 (aim - s) - 2 zeta omega s', exactly, for an aim that is held.
        """
        zeta = self.tank.servo_damping
        steps = []
        for omega in 2 * np.pi * self.servo_hz:
            rate = np.array([[0, 1], [-(omega**2), -2 * zeta * omega]])
            values, vectors = np.linalg.eig(rate)
            turn = vectors * np.exp(values * step_s) @ np.linalg.inv(vectors)
            aimed = np.array([1, 0]) - turn.real[:, 0]  # the aim is where it rests
            steps.append(np.column_stack([turn.real, aimed]))
        return np.array(steps)


def built(config: PartConfig) -> Parts:
    """Return the specimen of these settings.

    The bottom is a sum of six cosines whose power falls with the square of their
    number, and so smooth over a plate of the bottom. Friction of the side walls is
    added in proportion to the wetted perimeter.
    """
    tank, rng = Tank(), np.random.default_rng(config.part_seed)
    number, at = np.arange(1, 7), np.linspace(0, 1, config.cells + 1)
    power = number**-2.0
    height = rng.standard_normal(6) * np.sqrt(2 * power / power.sum())
    bottom_m = config.bottom_m * np.cos(np.pi * np.outer(at, number)) @ height
    fill_m = config.fill_m * rng.standard_normal()
    perimeter = 1 + 2 * tank.depth_m / tank.width_m

    def spread(nominal: float, relative: float, count: int) -> Vector:
        return nominal * (1 + relative * rng.standard_normal(count))

    return Parts(
        tank=tank,
        depth_m=tank.depth_m + fill_m - bottom_m,
        friction=config.friction_factor / 8 * perimeter,
        servo_hz=spread(tank.servo_hz, config.servo_spread, 2),
        plunger_m=spread(tank.plunger_m, config.gain_spread, 2),
        gauge_gain=spread(1.0, config.gain_spread, len(tank.gauges_m)),
    )
