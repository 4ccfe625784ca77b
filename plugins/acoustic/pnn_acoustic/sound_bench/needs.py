"""What a machine needs to run the sound bench."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

__all__ = ["lacking"]

PACKAGES = {"jack": {"jackd": "jackd2"}, "pulse": {"pulseaudio": "pulseaudio"}}
"""Debian's package for each program."""


def lacking(server: str) -> str | None:
    """Return what "jack" or "pulse" lacks here and how to get it, or None."""
    programs = PACKAGES[server] | {"setpriv": "util-linux"}
    absent = {name: deb for name, deb in programs.items() if not shutil.which(name)}
    if server == "pulse" and not any(
        any(Path("/usr").glob(f"{folder}/alsa-lib/libasound_module_pcm_pulse.so"))
        for folder in ("lib*", "lib/*")
    ):
        absent["ALSA's PulseAudio plugin"] = "libasound2-plugins"
    ways = [f"apt-get install {' '.join(absent.values())}"] if absent else []
    if server == "jack" and not find_spec("jack"):
        absent["JACK-Client"] = ""
        ways.append("pip install 'pnn-acoustic[sound]'")
    if not absent:
        return None
    return f"{', '.join(absent)} not found.\n  {'; '.join(ways)}"
