"""The virtual board as a server that the unmodified nidaqmx client reaches."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Any

from pydantic import Field

import pnn_core as pnn
from pnn_core.program import Program
from pnn_electronic.bench import CircuitBench

__all__ = ["DaqServer"]

START_S = 120.0
"""Patience with the start: on a busy machine compiling takes half a minute."""


class DaqServer(pnn.Server):
    """Simulated DAQmx board with the circuit, behind NI's gRPC device protocol.

    Its circuit, converters and noise are those of the virtual bench with the same
    settings. It plays faster than real time, and refuses what a board refuses.
    """

    name = "electronic-daq"
    device = "electronic-circuit-daq"

    class Config(CircuitBench.Config):
        """Settings of the circuit, and where the server listens."""

        host: str = Field("127.0.0.1", description="Address to listen at.")
        port: int = Field(0, ge=0, le=65535, description="Port; 0 takes a free one.")
        board: str = Field(
            "Dev1", pattern=r"^[\w-]+$", description="What the board is called."
        )

    config: Config

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.program = Program(
            self.name, "pnn_electronic.daq.serve", self.config.model_dump_json()
        )
        self._port = 0

    @classmethod
    def missing(cls) -> str | None:
        """Say which package is lacking."""
        for module in ("nidaqmx", "grpc"):
            if find_spec(module) is None:
                return f"no {module}.\n  pip install pnn-electronic[daq]"
        if os.name != "posix":
            return "the test server needs Linux or macOS."
        return None

    def start(self) -> None:
        """Start the program, and wait for the port that it listens at."""
        self._port = self.program.start(START_S)["port"]

    def stop(self) -> None:
        """End the program; does nothing if it does not run."""
        self.program.stop()

    def settings(self) -> dict[str, Any]:
        """Return address, channels and signals."""
        config = self.config
        return {
            "host": config.host,
            "port": self._port,
            "output_channel": f"{config.board}/ao0",
            "input_channel": f"{config.board}/ai0",
            "samples": config.samples,
            "sample_rate_hz": config.sample_rate_hz,
            "delay_samples": config.delay_samples,
        }

    def provoke(self, kind: str, call: str = "", code: int = 0, times: int = 1) -> None:
        """Let something go wrong: see `pnn_electronic.daq.faults`."""
        fault = {"kind": kind, "call": call, "code": code, "times": times}
        self.program.ask({"provoke": fault})

    def reset(self) -> None:
        """Forget faults and tasks, as a restart does."""
        self.program.ask({"reset": True})

    def state(self) -> dict[str, Any]:
        """Return the volts at the output, and the numbers of records and tasks."""
        return dict(self.program.ask({}))
