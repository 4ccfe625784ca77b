"""A sheet of pendula joined by springs, in MuJoCo, as a device."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from math import pi
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

import pnn_core as pnn
from pnn_mechanical.pendula.model import springs, xml

Array = NDArray[np.floating[Any]]

__all__ = ["PendulaBench"]


class PendulaBench(pnn.Device):
    """Pendula in rows and columns, springs between neighbours' bobs, in MuJoCo.

    From rest, a motor at each hinge holds its torque, the input, for `duration_s`; then
    an encoder reads the angle. The springs' stiffnesses are trained. Leaves out: bobs
    that touch, friction but for the hinges' damping, and what motors do to torques.

    MuJoCo: Todorov, Erez and Tassa, "MuJoCo: a physics engine for model-based control",
    IROS (2012). There is no twin of its own: `learned` fits.
    """

    name = "mechanical-pendula-bench"
    virtual = True

    class Config(pnn.Config):
        """Settings of the pendula."""

        rows: int = Field(4, ge=1, le=100, description="Pendula across the swing.")
        columns: int = Field(4, ge=2, le=100, description="Pendula along the swing.")
        duration_s: float = Field(0.4, gt=0, le=60, description="From rest to reading.")
        step_s: float = Field(5e-3, gt=0, le=0.02, description="MuJoCo's time step.")
        torque_limit_n_m: float = Field(
            0.05, gt=0, le=10, description="Largest torque; gravity's is 0.049."
        )
        stiffness_limit_n_per_m: float = Field(
            20.0, gt=0, le=1e3, description="Stiffest spring."
        )
        damping_n_m_s: float = Field(
            2e-4, ge=0, description="Of a hinge, torque per rad / s."
        )
        noise_rad: float = Field(1e-3, ge=0, description="RMS noise of the encoders.")
        threads: int = Field(0, ge=0, le=64, description="Besides the calling one.")
        seed: int = Field(0, ge=0, description="Seed of the noise.")

    config: Config

    @property
    def inputs(self) -> pnn.SignalSpec:
        """Torque at each hinge, row by row."""
        limit = self.config.torque_limit_n_m
        return pnn.SignalSpec((self._pendula,), "N m", -limit, limit)

    @property
    def params(self) -> pnn.SignalSpec:
        """Stiffness of each spring, in the order of `springs`."""
        joined = springs(self.config.rows, self.config.columns)
        limit = self.config.stiffness_limit_n_per_m
        return pnn.SignalSpec((len(joined),), "N/m", 0.0, limit)

    @property
    def outputs(self) -> pnn.SignalSpec:
        """Angle of each pendulum from where it hangs, turns counted."""
        return pnn.SignalSpec((self._pendula,), "rad", -20 * pi, 20 * pi)

    @property
    def _pendula(self) -> int:
        return self.config.rows * self.config.columns

    @classmethod
    def doctor(cls) -> Iterable[str]:
        """Say whether MuJoCo is there."""
        try:
            return [f"MuJoCo {version('mujoco')}"]
        except PackageNotFoundError:
            return ["MuJoCo is missing: pip install 'pnn-mechanical[mujoco]'"]

    def connect(self) -> None:
        """Build the model, and seed the noise.

        Raises:
            DeviceError: If MuJoCo is not installed.
        """
        try:
            import mujoco
            from mujoco.rollout import Rollout
        except ImportError as error:
            raise pnn.DeviceError(
                f"{self.name} needs MuJoCo, got {error}.\n"
                f"  Install it: pip install 'pnn-mechanical[mujoco]'."
            ) from error
        c = self.config
        text = xml(c.rows, c.columns, c.step_s, c.damping_n_m_s)
        self.model = mujoco.MjModel.from_xml_string(text)
        self.data = [mujoco.MjData(self.model) for _ in range(max(1, c.threads))]
        whole = mujoco.mjtState.mjSTATE_FULLPHYSICS
        self.rest = np.zeros(mujoco.mj_stateSize(self.model, whole))
        mujoco.mj_getState(self.model, self.data[0], self.rest, whole)
        self.rollout = Rollout(nthread=c.threads)
        self.rng = np.random.default_rng(c.seed)

    def disconnect(self) -> None:
        """End the threads."""
        if rollout := self.__dict__.pop("rollout", None):
            rollout.close()

    def measure(self, inputs: Array, params: Array) -> Array:
        """Set the springs, hold the torques, and read; see `Device.measure`."""
        self.model.tendon_stiffness[:] = params
        steps = max(1, round(self.config.duration_s / self.config.step_s))
        torques = np.repeat(inputs[:, None].astype(np.float64), steps, axis=1)
        rest = np.tile(self.rest, (len(inputs), 1))
        _, read = self.rollout.rollout(self.model, self.data, rest, torques)
        noise = self.config.noise_rad * self.rng.standard_normal(inputs.shape)
        return (read[:, -1] + noise).astype(inputs.dtype)
