"""The virtual board as a server that the unmodified nidaqmx client reaches."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from typing import IO, Any

from pydantic import Field

import pnn_core as pnn
from pnn_electronic.bench import CircuitBench

__all__ = ["DaqServer"]

START_S = 120.0
"""Patience with the start: on a busy machine compiling takes half a minute."""

ANSWER_S = 10.0


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
        self._process: subprocess.Popen[str] | None = None
        self._errors: IO[str] | None = None
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
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115  stop closes it
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "pnn_electronic.daq.serve",
                self.config.model_dump_json(),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        try:
            self._port = self._answer(START_S)["port"]
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the program; does nothing if it does not run."""
        process, self._process = self._process, None
        if process is not None:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.close()
            try:
                process.wait(1.0)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()
        if self._errors is not None:
            self._errors.close()
            self._errors = None

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
        self._ask({"provoke": fault})

    def reset(self) -> None:
        """Forget faults and tasks, as a restart does."""
        self._ask({"reset": True})

    def state(self) -> dict[str, Any]:
        """Return the volts at the output, and the numbers of records and tasks."""
        return self._ask({})

    def _ask(self, command: dict[str, Any]) -> dict[str, Any]:
        if self._process is None or self._process.stdin is None:
            raise pnn.DeviceError(f"{self.name} does not run.\n  Start it first.")
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        return self._answer(ANSWER_S)

    def _answer(self, patience_s: float) -> dict[str, Any]:
        """Read one line from the program."""
        assert self._process is not None
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], patience_s)
        line = self._process.stdout.readline() if ready else ""
        if not line:
            raise pnn.DeviceError(
                f"{self.name} did not answer within {patience_s:g} s, or ended.\n"
                f"  {self._last_words()}"
            )
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _last_words(self) -> str:
        assert self._errors is not None
        self._errors.seek(0)
        lines = self._errors.read().strip().splitlines()
        return lines[-1] if lines else "It said nothing."
