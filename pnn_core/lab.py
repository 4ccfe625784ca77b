"""The lab file: how this machine reaches its instruments, apart from any experiment.

PNN_LAB names a TOML file with a table for each device::

    [device.acoustic-plate]
    output = "Scarlett 2i2"
    output_full_scale_v = 5.0

Its keys are settings of that device, between the defaults and those given in code or
in an experiment.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pnn_core.errors import SettingError

__all__ = ["PNN_LAB", "lab_settings", "read_lab"]

PNN_LAB = "PNN_LAB"
"""The environment variable that names the lab file."""


def lab_settings(name: str) -> dict[str, Any]:
    """Return what the lab file says of the device `name`; nothing without a file.

    Raises:
        SettingError: If PNN_LAB names a file that cannot be read, or is no lab file.
    """
    path = os.environ.get(PNN_LAB)
    return read_lab(Path(path)).get(name, {}) if path else {}


def read_lab(path: Path) -> dict[str, dict[str, Any]]:
    """Return a lab file's settings by name of device.

    Raises:
        SettingError: If it cannot be read, or is no lab file.
    """
    import tomllib  # most machines have no lab file, and start sooner without

    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingError(
            f"Lab file {path}, named by {PNN_LAB}, cannot be read: {error}.\n"
            f"  Correct it, or unset {PNN_LAB}."
        ) from None
    devices: dict[str, dict[str, Any]] = content.pop("device", {})
    fits = isinstance(devices, dict) and all(
        isinstance(settings, dict) for settings in devices.values()
    )
    if content or not fits:
        wrong = ", ".join(content) or "device"
        raise SettingError(
            f"Lab file {path} holds tables [device.NAME] only, got {wrong}.\n"
            f"  Write a device's settings as\n"
            f"    [device.acoustic-plate]\n    sample_rate_hz = 48000"
        )
    return devices
