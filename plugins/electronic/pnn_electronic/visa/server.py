"""The VISA server: a generator, the circuit, and an oscilloscope that speak SCPI."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Any, Literal

from pydantic import Field

import pnn_core as pnn
from pnn_core.program import Program
from pnn_electronic.converters import ConverterConfig
from pnn_electronic.parts import PartConfig

__all__ = ["VisaServer"]

START_S = 60.0
"""Patience with the start: the circuit may have to be compiled."""


class VisaServer(pnn.Server):
    """Waveform generator and oscilloscope speaking SCPI, with the circuit between them.

    The instruments are a program of its own, and know nothing of the driver's dialect
    files: they follow the manuals, as far as a burst and a record need it.
    """

    name = "electronic-visa"
    device = "electronic-circuit-visa"

    class Config(ConverterConfig, PartConfig):
        """Settings of the virtual instruments."""

        family: Literal["keysight", "tektronix"] = Field(
            "keysight", description="Whose command sets both instruments speak."
        )
        transport: Literal["socket", "hislip"] = Field(
            "socket", description="Raw TCP sockets, or HiSLIP."
        )
        substeps: int = Field(
            2, ge=1, le=256, description="Runge-Kutta steps per sample, at least."
        )
        latency_s: float = Field(
            0.0,
            ge=0,
            le=1e-3,
            description="From the generator's trigger output to its first sample.",
        )
        dac_bits: int = Field(
            14, ge=8, le=16, description="The generator's resolution."
        )
        adc_bits: int = Field(
            12, ge=8, le=16, description="The digitiser's resolution."
        )

    config: Config

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.program = Program(
            self.name, "pnn_electronic.visa.serve", self.config.model_dump_json()
        )
        self._ports: dict[str, int] = {}

    @classmethod
    def missing(cls) -> str | None:
        """Say what is lacking; see `Server.missing`."""
        for module in ("pyvisa", "pyvisa_py"):
            if find_spec(module) is None:
                return f"no {module}.\n  pip install pnn-electronic[visa]"
        if os.name != "posix":
            return "the server needs Linux or macOS."
        return None

    def start(self) -> None:
        """Start the instruments' process; see `Server.start`."""
        self._ports = self.program.start(START_S)

    def stop(self) -> None:
        """End the process; see `Server.stop`."""
        self.program.stop()

    def settings(self) -> dict[str, Any]:
        """Return resource names and dialects; see `Server.settings`."""
        generator, digitiser = {
            "keysight": ("keysight-trueform", "keysight-infiniivision"),
            "tektronix": ("tektronix-afg31000", "tektronix-mso"),
        }[self.config.family]
        return {
            "awg_resource": self._resource("generator"),
            "awg_dialect": generator,
            "scope_resource": self._resource("digitiser"),
            "scope_dialect": digitiser,
            "backend": "@py",
        }

    def provoke(self, instrument: str, fault: str, times: int = 1) -> None:
        """Let something go wrong on "generator" or "digitiser".

        Args:
            instrument: Where.
            fault: "drop" closes the connection within the next block, "cut" ends the
                next block too early, "hang" leaves messages without an effect or an
                answer, "error" puts -222 into the error queue.
            times: How often.
        """
        self.program.ask({"instrument": instrument, "fault": fault, "times": times})

    def probe_gain(self, gain: float) -> None:
        """Set the probe's gain; a large one saturates the digitiser."""
        self.program.ask({"gain": gain})

    def state(self) -> dict[str, Any]:
        """Return whether the generator's output is on, and what function it has."""
        return dict(self.program.ask({}))

    def _resource(self, instrument: str) -> str:
        port = self._ports[instrument]
        if self.config.transport == "hislip":
            return f"TCPIP0::127.0.0.1::hislip0,{port}::INSTR"
        return f"TCPIP0::127.0.0.1::{port}::SOCKET"
