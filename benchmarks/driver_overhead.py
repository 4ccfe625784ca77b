"""The share of a batch's time that the electronic drivers spend outside the transfer.

The transfer is the time within the client library's calls, nidaqmx's or pyvisa's: to
encode, send, wait for the instrument, receive. All else within `Device.run` is the
driver's overhead: checking, packing, scaling, aligning, and pauses between polls. At
the VISA instruments, messages that carry no samples and start no record are within the
transfer, and a share of their own: set-up, arming, polls, preambles, and the queries of
error queues that follow these.

The instruments are virtual and answer sooner than real ones would, which adds to both
shares. Each is the median over batches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from pnn_electronic.daq.device import CircuitDaq
from pnn_electronic.daq.server import DaqServer
from pnn_electronic.visa.backend import resource_manager
from pnn_electronic.visa.device import CircuitVisa
from pnn_electronic.visa.player import Player
from pnn_electronic.visa.server import VisaServer
from pnn_electronic.visa.session import Session

import pnn_core as pnn

BATCH = 200
REPEATS = 30
FAMILIES = ("keysight", "tektronix")

Rows = list[list[str]]
Seconds = list[float]


@contextmanager
def timed(owner: Any, *names: str) -> Iterator[Seconds]:
    """Collect the seconds of every call of some of an owner's functions."""
    taken: Seconds = []

    def clocked(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            start = perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                taken.append(perf_counter() - start)

        return call

    kept = {name: getattr(owner, name) for name in names}
    for name, function in kept.items():
        setattr(owner, name, clocked(function))
    try:
        yield taken
    finally:
        for name, function in kept.items():
            setattr(owner, name, function)


def batches(device: pnn.Device, clocks: list[Seconds]) -> np.ndarray:
    """Return seconds [batch, clock], the first those of the whole batch."""
    rng = np.random.default_rng(0)
    shape = (BATCH, *device.inputs.shape)
    volts = rng.uniform(device.inputs.low, device.inputs.high, shape)
    device.run(volts.astype(np.float32))
    found = []
    for _ in range(REPEATS):
        for clock in clocks:
            clock.clear()
        start = perf_counter()
        device.run(volts.astype(np.float32))
        found.append([perf_counter() - start, *map(sum, clocks)])
    return np.array(found)


def row(what: str, whole_s: np.ndarray, share: float) -> list[str]:
    """Return a row of the table."""
    return [what, "", "", f"{BATCH / median(whole_s):,.0f}", f"{share:.1%}"]


def daq_overhead() -> tuple[Rows, dict[str, Any]]:
    """Measure the DAQmx driver, through gRPC."""
    from nidaqmx import Task
    from nidaqmx.stream_writers import AnalogSingleChannelWriter
    from nidaqmx.task import InStream

    with ExitStack() as stack:
        enter = stack.enter_context
        enter(DaqServer())
        daq = enter(CircuitDaq())
        clocks = [
            enter(timed(Task, "start", "wait_until_done", "stop")),
            enter(timed(AnalogSingleChannelWriter, "write_many_sample")),
            enter(timed(InStream, "read_into")),
        ]
        whole, *parts = batches(daq, clocks).T
    share = median(1 - sum(parts) / whole)
    figures = {"daq_waveforms_per_s": BATCH / median(whole)}
    return [row("DAQmx driver, gRPC", whole, share)], figures | {
        "daq_overhead_share": share
    }


def visa_overhead() -> tuple[Rows, dict[str, Any]]:
    """Measure the VISA driver at both families of instruments, through sockets."""
    rows, figures = [], {}
    for family in FAMILIES:
        with ExitStack() as stack:
            enter = stack.enter_context
            enter(VisaServer(family=family, transport="socket"))
            visa = enter(CircuitVisa())
            clocks = [
                enter(timed(resource_manager("@py").visalib, "read", "write")),
                enter(timed(Session, "load", "fetch")),
                enter(timed(Player, "play")),
            ]
            whole, library, samples, playing = batches(visa, clocks).T
        share = median(1 - library / whole)
        idle = median((library - samples - playing) / whole)
        rows.append(row(f"VISA driver, {family}", whole, share))
        rows.append(["its messages without samples", "", "", "", f"{idle:.1%}"])
        figures[f"visa_{family}_waveforms_per_s"] = BATCH / median(whole)
        figures[f"visa_{family}_overhead_share"] = share
        figures[f"visa_{family}_message_share"] = idle
    figures["visa_overhead_share"] = max(
        figures[f"visa_{family}_overhead_share"] for family in FAMILIES
    )
    return rows, figures
