"""What `pnn doctor` says about sound on this machine."""

from __future__ import annotations

from pnn_acoustic.card.choice import full_name
from pnn_acoustic.card.stream import devices
from pnn_core.errors import DeviceError

__all__ = ["found"]

PATIENCE_S = 2.0
"""A host API that looks for hardware may take its time; usually it is 0.2 s."""


def found() -> list[str]:
    """Return one line for each sound device, or what is missing and how to get it."""
    try:
        known = devices(PATIENCE_S)
    except DeviceError as error:
        return str(error).splitlines()
    if not known:
        return [
            "no sound device: plug in a card, or start a sound server (JACK, "
            "PulseAudio, PipeWire) and set its environment"
        ]
    return [
        f"sound device {index}: {full_name(device)} ({device['output']} out, "
        f"{device['input']} in, {device['rate_hz']:g} Hz)"
        for index, device in enumerate(known)
    ]
