"""What can go wrong with DAQmx: which failures pass, and what to do about the others.

Codes are those of `nidaqmx.error_codes.DAQmxErrors`.
"""

from __future__ import annotations

from collections.abc import Iterable

from pnn_core import DeviceError

__all__ = ["INSTALL", "DisturbedError", "daq_errors", "is_transient", "translated"]

INSTALL = (
    "Install NI-DAQmx from ni.com (on Linux also: nidaqmx installdriver),\n"
    "  or reach a machine that has it: set host and port to its NI gRPC Device Server."
)

TRANSIENT = {
    -200016,  # output FIFO underflow
    -200018,  # DAC underflow
    -200290,  # generation stopped before old samples were played again
    -200292,  # output samples could not be written in time
    -200621,  # output FIFO underflow
    -200010,  # input FIFO overflow
    -200222,  # acquisition stopped before unread samples were overwritten
    -200279,  # samples overwritten before they were read
    -200361,  # input FIFO overflow
    -200278,  # samples will never be available
    -200284,  # samples not yet available
    -200560,  # wait ended before the task was done
}

REMEDIES = {
    -200170: "Name channels as NI MAX shows them, e.g. output_channel = 'Dev1/ao0'.",
    -200220: "Name the board as NI MAX shows it; `pnn doctor` says what is installed.",
    -50103: "Close the program that uses the board, or reset the board in NI MAX.",
    -200077: "Change the setting to what the board supports, as said above.",
    -200284: "Raise timeout_s; if the input misses its trigger, start_trigger = false.",
    -200561: "Keep inputs within voltage_limit_v.",
    -89120: "Set clock_terminal to the terminal of the board's output clock.",
}


class DisturbedError(Exception):
    """A record that was measured, and cannot be used.

    Args:
        text: What is wrong with it.
        remedy: The way out, if it stays so.
    """

    def __init__(self, text: str, remedy: str) -> None:
        super().__init__(text)
        self.remedy = remedy


def daq_errors() -> tuple[type[Exception], ...]:
    """Return what nidaqmx raises, and what a record can suffer from."""
    from nidaqmx.errors import Error

    return Error, DisturbedError


def is_transient(error: Exception) -> bool:
    """Whether the same transfer may succeed when it is tried again."""
    if isinstance(error, DisturbedError):
        return True
    status = getattr(getattr(error, "rpc_code", None), "name", "")
    return status == "UNAVAILABLE" or _code(error) in TRANSIENT


def translated(error: Exception, owner: str, doing: str, address: str) -> DeviceError:
    """Return a failure as a DeviceError that says the way out."""
    said, remedy = _explained(error, address)
    return DeviceError(f"{owner} failed while {doing}: {said}\n  {remedy}")


def _explained(error: Exception, address: str) -> tuple[str, str]:
    kind, text = type(error).__name__, _one_line(str(error).splitlines())
    if kind in ("DaqNotFoundError", "DaqNotSupportedError"):
        return "this machine has no NI-DAQmx driver library.", INSTALL
    if status := getattr(getattr(error, "rpc_code", None), "name", ""):
        if status == "UNAVAILABLE":
            return (
                f"no connection to the NI gRPC Device Server at {address}.",
                "Start it there, and check host, port and firewall.",
            )
        if status == "DEADLINE_EXCEEDED":
            return (
                f"the NI gRPC Device Server at {address} does not answer.",
                "Restart it, or raise timeout_s if the record is long.",
            )
        return f"gRPC says {status}: {text}.", "Update the NI gRPC Device Server."
    if (code := _code(error)) is not None:
        remedy = "Look the code up on ni.com, or try the board in NI MAX's test panel."
        return f"DAQmx error {code}: {text}", REMEDIES.get(code, remedy)
    if isinstance(error, DisturbedError):
        return text, error.remedy
    return f"{kind}: {text}", "See also `pnn doctor`."


def _code(error: Exception) -> int | None:
    return getattr(error, "error_code", None)


def _one_line(lines: Iterable[str]) -> str:
    """Return DAQmx's paragraphs as one line, without the status code at their end."""
    kept = [line.strip() for line in lines if "Status Code:" not in line]
    return " ".join(filter(None, kept))
