"""Which sound devices there are, and which of them is meant."""

from __future__ import annotations

from typing import Any

__all__ = ["Refusal", "chosen", "full_name", "library", "listed"]


class Refusal(Exception):  # noqa: N818  it is an answer
    """Why there is no sound: a kind that the driver knows, and the details."""

    def __init__(self, kind: str, **details: Any) -> None:
        super().__init__(kind)
        self.answer = {"refused": kind, **details}


def full_name(device: dict[str, Any]) -> str:
    """Return a device's name and its host API, as sounddevice's own list shows them."""
    return f"{device['name']}, {device['api']}"


def chosen(
    wanted: int | str | None, default: int, devices: list[dict[str, Any]], port: str
) -> int:
    """Return the index of the device that `wanted` means.

    Args:
        wanted: An index, a name or a part of one; None is the default.
        default: Index of the default device, -1 if there is none.
        devices: Each with `name`, `api`, and its channels as `output` and `input`.
        port: Which of the two is asked for.

    Raises:
        Refusal: If no device, or more than one, is meant.
    """
    usable = [i for i, device in enumerate(devices) if device[port]]
    names = [f"{i}: {full_name(devices[i])}" for i in usable]
    if not usable:
        raise Refusal("none", port=port)
    if wanted is None:
        if default not in usable:
            raise Refusal("default", port=port, names=names)
        return default
    if isinstance(wanted, int):
        found = [i for i in usable if i == wanted]
    else:
        low = wanted.lower()
        by_name = [i for i in usable if low in full_name(devices[i]).lower()]
        exact = [
            i
            for i in by_name
            if low in (devices[i]["name"].lower(), full_name(devices[i]).lower())
        ]
        found = exact or by_name
    if len(found) != 1:
        kind = "ambiguous" if found else "unknown"
        meant = [f"{i}: {full_name(devices[i])}" for i in found]
        raise Refusal(kind, port=port, wanted=wanted, names=meant or names)
    return found[0]


def library() -> Any:
    """Return sounddevice, with PortAudio initialised."""
    try:
        import sounddevice
    except ModuleNotFoundError:
        raise Refusal("no-sounddevice") from None
    except OSError as error:
        raise Refusal("no-portaudio", text=str(error)) from None
    return sounddevice


def listed(sounddevice: Any) -> list[dict[str, Any]]:
    """Return every device: name, host API, channels, and the rate it prefers."""
    apis = [api["name"] for api in sounddevice.query_hostapis()]
    return [
        {
            "name": device["name"],
            "api": apis[device["hostapi"]],
            "output": device["max_output_channels"],
            "input": device["max_input_channels"],
            "rate_hz": device["default_samplerate"],
        }
        for device in sounddevice.query_devices()
    ]
