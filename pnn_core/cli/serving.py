"""What `pnn bench` does: starts a server, and runs a command beside it or waits."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import threading
import tomllib
from typing import Any

from pnn_core import plugins
from pnn_core.errors import SettingError
from pnn_core.lab import PNN_LAB


def parsed(settings: list[str]) -> dict[str, Any]:
    """Return key=value words as settings; values are TOML, or else plain text."""
    found = {}
    for word in settings:
        key, equals, value = word.partition("=")
        if not (key and equals):
            raise SettingError(
                f"--set expects key=value, got {word!r}.\n  Write --set port=5025."
            )
        try:
            found[key] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            found[key] = value
    return found


def serve(name: str, settings: dict[str, Any], command: list[str]) -> int:
    """Start the server `name`; return the command's exit status, or wait."""
    with plugins.get("server", name)(**settings) as server:
        variables = {PNN_LAB: os.environ[PNN_LAB], **server.environment()}
        if command:
            return _beside(command)
        print(f"# {name} runs until Ctrl-C; elsewhere, reach {server.device} after:")
        for key, value in variables.items():
            print(f"export {key}={shlex.quote(value)}")
        sys.stdout.flush()
        threading.Event().wait()
    return 0


def _beside(command: list[str]) -> int:
    """Run a command to its end, and return its exit status."""
    try:
        return subprocess.run(command, check=False).returncode
    except OSError as error:
        raise SettingError(
            f"{command[0]} cannot be run: {error.strerror}.\n"
            f"  Give a command after --, such as: pnn bench NAME -- pnn check DEVICE"
        ) from None
