"""The driver: the circuit between a DAQmx board's output and its input."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
from numpy.typing import NDArray

import pnn_core as pnn
from pnn_electronic import signals
from pnn_electronic.daq.failures import INSTALL, daq_errors, is_transient, translated
from pnn_electronic.daq.link import Link
from pnn_electronic.daq.record import Layout
from pnn_electronic.daq.settings import DaqConfig

Array = NDArray[np.floating[Any]]

__all__ = ["CircuitDaq"]


class CircuitDaq(pnn.Device):
    """Resonant circuit with a transistor, driven and read by a DAQmx board.

    A batch is one record: output and input share the output's sample clock and start
    trigger. The record begins and ends at 0 V, and so does every example. Whatever
    fails, the tasks are cleared and the output is set to 0 V.

    The board is this machine's, or another's that runs NI's gRPC Device Server.
    """

    name = "electronic-circuit-daq"
    twin = "electronic-circuit-bench"

    Config = DaqConfig
    config: DaqConfig

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.link = Link(self.config)
        self.layout = Layout(
            samples=self.config.samples,
            settle=round(self.config.settle_s * self.config.sample_rate_hz),
            delay=self.config.delay_samples,
            lag=self.config.lag_samples,
        )
        self.repeated = 0

    @property
    def inputs(self) -> pnn.SignalSpec:
        """Volts at the board's output, one per sample."""
        limit = self.config.voltage_limit_v
        return replace(signals.inputs(self.config), low=-limit, high=limit)

    @property
    def params(self) -> pnn.SignalSpec:
        """None: the circuit is as it was built."""
        return pnn.SignalSpec.empty()

    @property
    def outputs(self) -> pnn.SignalSpec:
        """Volts at the board's input, one per sample."""
        return signals.outputs(self.config)

    @classmethod
    def doctor(cls) -> Iterable[str]:
        """Say whether nidaqmx, NI's driver and gRPC are here."""
        from ctypes.util import find_library

        for package in ("nidaqmx", "grpcio"):
            try:
                yield f"{package} {version(package)}"
            except PackageNotFoundError:
                yield f"{package} not found: pip install pnn-electronic[daq]"
        if find_library("nidaqmx") or find_library("nicaiu"):
            yield "NI-DAQmx driver found"
        else:
            yield f"NI-DAQmx driver not found. {INSTALL}"

    def connect(self) -> None:
        """Reach the board, set its output to 0 V, and check the settings."""
        self.repeated = 0
        try:
            self.link.connect()
        except ImportError as error:
            raise pnn.DeviceError(
                f"{self.name} needs the package {error.name}.\n"
                f"  pip install pnn-electronic[daq]"
            ) from error
        except daq_errors() as error:
            raise self._translated(error, "connecting") from error

    def disconnect(self) -> None:
        """Set the output to 0 V and release the board."""
        try:
            self.link.close()
        except daq_errors() as error:
            raise self._translated(error, "setting its output to 0 V") from error

    def record(self) -> dict[str, Any]:
        """Say how many records had to be repeated."""
        return {"repeated_records": self.repeated}

    def measure(self, inputs: Array, params: Array) -> Array:
        """Play the batch in as few records as the buffer allows, and read it."""
        self._check_slew(inputs)
        limit = self.config.voltage_limit_v
        volts = inputs.astype(np.float64)
        np.clip(volts, -limit, limit, out=volts)  # float32 may round beyond the limit
        count = self.layout.chunk(len(volts), self.config.buffer_samples)
        heard = []
        for start in range(0, len(volts), count):
            part = volts[start : start + count]
            heard.append(self._played(self.layout.pack(part, count), len(part)))
        return np.concatenate(heard)

    def _played(self, record: NDArray[np.float64], batch: int) -> Array:
        """Play a record, again if it was disturbed, and return what was heard."""
        for attempt in range(self.config.retries + 1):
            try:
                if attempt:
                    self.repeated += 1
                    self.link.rest()
                codes = self.layout.unpack(self.link.play(record), batch)
                return self.link.volts(codes)
            except daq_errors() as error:
                if attempt == self.config.retries or not is_transient(error):
                    raise self._translated(error, "playing a record") from error
        raise AssertionError("unreachable")

    def _translated(self, error: Exception, doing: str) -> pnn.DeviceError:
        address = f"{self.config.host}:{self.config.port}"
        return translated(error, self.name, doing, address)

    def _check_slew(self, inputs: Array) -> None:
        limit = self.config.slew_limit_v_per_s
        if limit is None:
            return
        steps = np.abs(np.diff(inputs, axis=-1, prepend=0, append=0)).max()
        fastest = float(steps) * self.config.sample_rate_hz
        if fastest > limit * (1 + 1e-6):
            raise pnn.SignalError(
                f"{self.name}.inputs may change by {limit:.4g} V/s, from and to rest "
                f"included, got {fastest:.4g} V/s.\n"
                f"  Smooth the signal in the encoder, or raise slew_limit_v_per_s."
            )
