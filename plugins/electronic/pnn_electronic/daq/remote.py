"""The way to NI's gRPC Device Server: a channel on which no call waits for ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc

from pnn_electronic.daq.settings import DaqConfig

__all__ = ["patient_channel"]

VERSION = "/GetSystemInfoAttributeUInt32"
CLEAR = "/ClearTask"


def patient_channel(config: DaqConfig) -> grpc.Channel:
    """Return a channel with a deadline for every call: nidaqmx gives them none.

    DAQmx's own time-outs, a record's length and `timeout_s`, come first. Each task
    begins with three questions for the driver's version, whose failure nidaqmx
    ignores; together they wait for `timeout_s`.
    """
    options = [
        ("grpc.max_send_message_length", -1),
        ("grpc.max_receive_message_length", -1),
    ]
    channel = grpc.insecure_channel(f"{config.host}:{config.port}", options)
    longest_s = config.buffer_samples / config.sample_rate_hz
    return grpc.intercept_channel(
        channel, _Deadlines(longest_s + 1.5 * config.timeout_s, config.timeout_s)
    )


class _Deadlines(grpc.UnaryUnaryClientInterceptor):
    """Gives calls their deadlines, and a task that a cut line kept a second chance.

    A server keeps the tasks of a client that it lost, and with them the board: the line
    is given `timeout_s` to come back. Clearing a task twice does no harm.
    """

    def __init__(self, call_s: float, timeout_s: float) -> None:
        self.call_s, self.timeout_s = call_s, timeout_s

    def intercept_unary_unary(
        self, continuation: Callable[..., Any], details: Any, request: Any
    ) -> Any:
        """Call, and call again to clear a task."""
        asked = details.method.endswith(VERSION)
        patience_s = self.timeout_s / 3 if asked else self.call_s
        call = continuation(_Call(details, patience_s), request)
        lost = call.code() is grpc.StatusCode.UNAVAILABLE
        if lost and details.method.endswith(CLEAR):
            return continuation(_Call(details, self.timeout_s, wait=True), request)
        return call


class _Call(grpc.ClientCallDetails):
    """A call's details, with a deadline; it may wait for the line to come back."""

    def __init__(self, details: Any, timeout_s: float, wait: bool = False) -> None:
        self.method, self.metadata = details.method, details.metadata
        self.credentials, self.compression = details.credentials, details.compression
        self.timeout, self.wait_for_ready = timeout_s, wait
