"""Attributes of the virtual board's tasks, by DAQmx's numbers (NIDAQmx.h)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nidaqmx.constants import (
    AcquisitionType,
    ChannelType,
    DataJustification,
    ResolutionType,
    UsageTypeAI,
)

from pnn_electronic.daq.board import RANGE_V, RATE_HZ

__all__ = ["ATTRIBUTES", "CALLS", "FINITE", "OUTPUT_BUFFER"]

FINITE = AcquisitionType.FINITE.value
OUTPUT_BUFFER = 0x186D
KINDS = {"ai": ChannelType.ANALOG_INPUT.value, "ao": ChannelType.ANALOG_OUTPUT.value}

CALLS = (
    "GetBufferAttributeUInt32",
    "GetChanAttributeDouble",
    "GetChanAttributeDoubleArray",
    "GetChanAttributeInt32",
    "GetChanAttributeUInt32",
    "GetReadAttributeString",
    "GetReadAttributeBool",
    "GetSystemInfoAttributeUInt32",
    "GetTaskAttributeString",
    "GetTaskAttributeUInt32",
    "GetTimingAttributeDouble",
    "GetTimingAttributeInt32",
    "GetTimingAttributeUInt64",
)

ATTRIBUTES: dict[int, Callable[[Any], Any]] = {
    0x1272: lambda _: 24,  # version of the driver that it poses as, 24.0.0
    0x1923: lambda _: 0,
    0x2F22: lambda _: 0,
    0x1276: lambda task: task.name,
    0x1273: lambda task: task.channel,
    0x1823: lambda task: task.channel,  # channels to read
    0x2181: lambda task: 1,  # channels in the task
    0x187F: lambda task: KINDS[task.kind],
    0x0695: lambda task: UsageTypeAI.VOLTAGE.value,
    0x17DE: lambda task: task.limits_v[0],  # AI.Min
    0x17DD: lambda task: task.limits_v[1],  # AI.Max
    0x1187: lambda task: task.limits_v[0],  # AO.Min
    0x1186: lambda task: task.limits_v[1],  # AO.Max
    0x1816: lambda task: -RANGE_V[task.kind],  # AI.Rng.Low
    0x1815: lambda task: RANGE_V[task.kind],  # AI.Rng.High
    0x1764: lambda task: ResolutionType.BITS.value,
    0x1765: lambda task: float(task.board.bits),  # AI.Resolution
    0x22DA: lambda task: 16,  # AI.RawSampSize
    0x0050: lambda task: DataJustification.RIGHT.value,
    0x1930: lambda task: [0.0, task.board.step_v, 0.0, 0.0],  # AI.DevScalingCoeff
    0x1344: lambda task: task.clock_hz,  # SampClk.Rate
    0x22C8: lambda task: RATE_HZ[task.kind],  # SampClk.MaxRate
    0x1300: lambda task: FINITE,
    0x1310: lambda task: task.samples,
    0x1215: lambda task: False,  # Read.ReadAllAvailSamp
    OUTPUT_BUFFER: lambda task: task.buffer or task.samples,
}
