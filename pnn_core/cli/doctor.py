"""What `pnn doctor` finds: versions, plugins and their state, faults and remedies."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from pnn_core import plugins, run
from pnn_core.cli.listing import faults_as_text
from pnn_core.cli.plugin_rows import plugin_rows
from pnn_core.errors import PluginError, told


def examine() -> dict[str, Any]:
    """Return what is installed and what is wrong. Loads no torch, opens no device."""
    faults = plugins.faults()
    return {
        "versions": run.versions(),
        "machine": run.machine(),
        "PNN_PLUGINS": os.environ.get("PNN_PLUGINS"),
        "plugins": plugin_rows(),
        "devices": _told_by("device", lambda cls: list(cls.doctor())),
        "servers": _told_by("server", lambda cls: [cls.missing() or "can be started"]),
        "faults": [asdict(fault) for fault in faults],
    }


def _told_by(
    kind: plugins.Kind, ask: Callable[[type[Any]], list[str]]
) -> dict[str, list[str]]:
    """Return what each component of a kind says of this machine."""
    found = {}
    for name, component in sorted(plugins.components(kind).items()):
        try:
            found[name] = ask(component.load())
        except PluginError as error:
            found[name] = str(error).splitlines()
        except Exception as error:  # a plugin may raise anything
            found[name] = [f"could not be asked: {told(error)}"]
    return {name: lines for name, lines in found.items() if lines}


def as_text(found: dict[str, Any]) -> str:
    """Return the findings as aligned lines."""
    lines = ["versions"]
    lines += [f"  {name:<14} {version}" for name, version in found["versions"].items()]
    lines.append("machine")
    lines += [f"  {name:<14} {value}" for name, value in found["machine"].items()]
    switch = found["PNN_PLUGINS"]
    lines.append(f"plugins{'' if switch is None else f' (PNN_PLUGINS={switch!r})'}")
    lines += [
        f"  {r['plugin']:<14} {r['distribution']} {r['version']}: {r['state']}, "
        f"{r['components']} components"
        for r in found["plugins"]
    ]
    for kind in ("devices", "servers"):
        lines += [kind] if found[kind] else []
        for name, said in found[kind].items():
            lines += [f"  {name}", *(f"    {line}" for line in said)]
    lines += faults_as_text(found["faults"])
    if not found["faults"]:
        lines.append("no faults found")
    return "\n".join(lines)
