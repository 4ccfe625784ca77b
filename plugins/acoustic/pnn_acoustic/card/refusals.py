"""What a sound system refuses, in words: who, what, and the way out."""

from __future__ import annotations

from typing import Any

from pnn_core.errors import DeviceError, PNNError, SettingError, nearest

__all__ = ["refusal"]

INSTALL = "pip install 'pnn-acoustic[sound]'"
PORTAUDIO = (
    "Debian or Ubuntu: sudo apt install libportaudio2. Fedora: sudo dnf install "
    "portaudio. macOS and Windows: pip's sounddevice brings it"
)
LIST = "`pnn doctor` lists the sound devices"


def refusal(answer: dict[str, Any], settings: dict[str, Any], owner: str) -> PNNError:
    """Return the error for what the player answered.

    Args:
        answer: With `refused`, the kind, and its details.
        settings: The stream's settings.
        owner: Who to name.
    """
    kind = answer["refused"]
    wrong_setting = kind in {"unknown", "ambiguous", "rate", "channels", "pair"}
    what, way_out = _words(kind, answer, settings)
    message = f"{owner} {what}.\n  {way_out}."
    return SettingError(message) if wrong_setting else DeviceError(message)


def _words(kind: str, a: dict[str, Any], settings: dict[str, Any]) -> tuple[str, str]:
    """Return what is the matter, and the way out."""
    port, wanted = a.get("port"), a.get("wanted")
    names = "; ".join(a.get("names", [])) or "none"
    pair = f"output {a.get('output')!r}, input {a.get('input')!r}"
    match kind:
        case "no-sounddevice":
            return "needs the package sounddevice, which is not installed", INSTALL
        case "no-portaudio":
            return "needs the library PortAudio, which is not installed", PORTAUDIO
        case "none":
            return (
                f"found no sound device with an {port}",
                f"Plug one in, or start the sound server; {LIST}",
            )
        case "default":
            return (
                f"was given no {port}, and the system has no default one",
                f"Set {port} to one of: {names}",
            )
        case "unknown":
            known = [name.split(": ", 1)[1].rsplit(",", 1)[0] for name in a["names"]]
            close = nearest(wanted, known) if isinstance(wanted, str) else ""
            return f"knows no {port} called {wanted!r}{close}", f"There is: {names}"
        case "ambiguous":
            return (
                f"cannot tell which {port} is meant by {wanted!r}",
                f"Set {port} to the index or the whole name of one of: {names}",
            )
        case "busy":
            return (
                f"cannot have the sound device: it is busy ({pair})",
                "Close the program that uses it, or go through the sound server: "
                "choose its device instead of the card's",
            )
        case "rate":
            return (
                f"cannot run at {settings['sample_rate_hz']:g} Hz ({pair})",
                f"Set sample_rate_hz to what they run at (input {a['rates'][0]:g} Hz, "
                f"output {a['rates'][1]:g} Hz), or set the card or its server to the "
                f"rate that the network was trained for",
            )
        case "channels":
            return (
                f"cannot have output channel {settings['output_channel']} and input "
                f"channel {settings['input_channel']}: {pair} have {a['channels'][1]} "
                f"and {a['channels'][0]}",
                "Set output_channel and input_channel to channels that exist",
            )
        case "pair":
            return (
                f"cannot join this output and this input: {pair}",
                "Choose both on the same card, under the same host API",
            )
        case "gone":
            return (
                "lost its sound stream: the server or the card is gone",
                "Nothing plays any more. Start the server or plug the card in, then "
                "open the device again",
            )
        case "stalled":
            return (
                f"waited {settings['stall_s']:g} s for the sound stream to move on",
                "Is the sound server stopped, or the computer suspended? Open the "
                "device again; raise stall_s if the computer is that slow",
            )
        case "hangs":
            return (
                f"got no answer from the sound system in {a['seconds']:g} s",
                "Restart the sound server, or unplug the card and plug it in again",
            )
        case "ended":
            return (
                "lost the process that plays: the sound library ended it",
                "Nothing plays any more. Restart the sound server, then open the "
                "device again",
            )
    return (
        f"was refused by the sound system: {a.get('text', kind)}",
        f"{LIST}; see also docs/acoustic-lab.md",
    )
