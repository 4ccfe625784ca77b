"""What can go wrong, as one small family.

PNNError
├── PluginError   a plugin is missing, broken or misnamed
├── SettingError  a setting is unknown, mistyped or out of range
├── SignalError   an array has the wrong shape, type, range or values
├── DeviceError   the hardware did not do what it was asked
├── TwinError     the digital twin does not fit its device, or its use
├── TaskError     a data set is missing or damaged
└── RunError      a run folder is missing, incomplete or damaged
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class PNNError(Exception):
    """Base of every error raised on purpose by pnn code."""


class PluginError(PNNError):
    """A plugin is missing, broken or misnamed."""


class SettingError(PNNError, ValueError):
    """A setting is unknown, has the wrong type or is out of range."""


class SignalError(PNNError, ValueError):
    """An array does not match the `SignalSpec` of the port it is meant for."""


class DeviceError(PNNError, RuntimeError):
    """The hardware, or its virtual bench, did not do what it was asked."""


class TwinError(PNNError, RuntimeError):
    """The digital twin does not fit its device, or is asked what it cannot give."""


class TaskError(PNNError, RuntimeError):
    """A data set cannot be found, or is not what it should be."""


class RunError(PNNError, RuntimeError):
    """A run folder is missing, incomplete or damaged."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ", did you mean 'x'?" for the known name closest to `name`, or ""."""
    close = get_close_matches(name, list(known), n=1)
    return f", did you mean {close[0]!r}?" if close else ""


def told(error: BaseException) -> str:
    """Return an error as one line: its type, then what it says."""
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
