"""The circuit in ngspice, as a device."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pnn_core.errors import DeviceError
from pnn_electronic.rig import Rig, RigConfig
from pnn_electronic.schematic import Parts
from pnn_electronic.spice import ngspice
from pnn_electronic.spice.netlist import COPIES, netlist, waveforms

Array = NDArray[np.floating[Any]]

__all__ = ["CircuitSpice", "simulate"]


WHOLE = "is=33.57f cgs=2.414p cgd=1.6p pb=1 fc=0.5 rd=1 rs=1"
"""What the bench leaves out of the 2N3819: junctions, their capacitances, contacts."""


class CircuitSpice(Rig):
    """The same circuit as a netlist, simulated by ngspice.

    The transistor is ngspice's own, with all that the bench leaves out of it: see
    `WHOLE`.
    """

    name = "electronic-circuit-spice"
    twin = "electronic-circuit-bench"

    class Config(RigConfig):
        """Settings of the simulated rig."""

        steps: int = Field(8, ge=1, le=1000, description="Time steps per sample.")
        timeout_s: float = Field(
            120.0, gt=0, description="Longest that one run of ngspice may take."
        )

    config: Config

    @classmethod
    def doctor(cls) -> Iterable[str]:
        """Say whether ngspice is there."""
        try:
            return [f"ngspice: {ngspice.program()}"]
        except DeviceError as error:
            return str(error).splitlines()

    def connect(self) -> None:
        """Find ngspice, build the parts, and seed the noise."""
        ngspice.program()
        super().connect()

    def respond(self, volts: Array) -> Array:
        """Run ngspice on up to `COPIES` waveforms at a time; see `Rig.respond`."""
        config = self.config
        return np.concatenate(
            [
                simulate(
                    self.parts,
                    volts[first : first + COPIES],
                    config.sample_rate_hz,
                    steps=config.steps,
                    timeout_s=config.timeout_s,
                )
                for first in range(0, len(volts), COPIES)
            ]
        ).astype(volts.dtype)


def simulate(
    parts: Parts,
    volts: Array,
    rate_hz: float,
    *,
    steps: int,
    timeout_s: float = 120.0,
    extra: str = WHOLE,
) -> Array:
    """Return the probe's volts at the end of each hold, as ngspice finds them.

    Args:
        parts: Values of the parts.
        volts: At the generator, [copy, sample], at most `COPIES` rows.
        rate_hz: Holds per second.
        steps: Least time steps per hold.
        timeout_s: Longest time that it may take.
        extra: More parameters of the transistor's model.
    """
    copies, samples = volts.shape
    text = netlist(parts, copies, samples, rate_hz, steps, extra)
    files = {"waves.txt": waveforms(volts, rate_hz)}
    seconds, found = ngspice.run(text, files, timeout_s)
    ends = np.arange(1, samples + 1) / rate_hz
    taken = np.stack([np.interp(ends, seconds, volts) for volts in found])
    return parts.probe_offset_v + parts.probe_gain * taken
