"""What can be found out about an installed plugin, for its quality table."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.resources import files
from typing import Any

from pnn_core import plugins
from pnn_core.device import Device
from pnn_core.errors import PluginError, PNNError, nearest
from pnn_core.server import Server
from pnn_core.testing.everything import examine_all
from pnn_core.testing.examine import Tick

__all__ = ["PluginFacts", "imports_torch", "learn"]

LISTING = (
    "import sys; from pnn_core import plugins; plugins.faults(); "
    "print('torch' in sys.modules)"
)


@dataclass(frozen=True)
class PluginFacts:
    """A plugin as it is installed.

    Args:
        name: Of its entry point.
        distribution: Name and version of its package.
        summary: One line about it.
        readme: Its long description.
        licence: SPDX expression, or what it says instead.
        requires: What its package needs.
        typed: Whether it carries `py.typed`.
        needs_torch: Whether listing it imports torch.
        faults: What went wrong while it was loaded.
        devices: Its devices.
        servers: Its servers.
        results: What the checks of its components found.
    """

    name: str
    distribution: str
    summary: str
    readme: str
    licence: str
    requires: tuple[str, ...]
    typed: bool
    needs_torch: bool
    faults: tuple[str, ...]
    devices: tuple[type[Device], ...]
    servers: tuple[type[Server], ...]
    results: tuple[dict[str, Any], ...]


def learn(plugin: str, tick: Tick) -> PluginFacts:
    """Examine an installed plugin, its components' checks included.

    Raises:
        PluginError: If no package provides the entry point.
    """
    known = {entry.name: entry for entry in entry_points(group="pnn")}
    entry = known.get(plugin)
    if entry is None or entry.dist is None:
        raise PluginError(
            f"No plugin named {plugin!r}{nearest(plugin, known)}\n"
            f"  Installed: {', '.join(sorted(known)) or 'none'}."
        )
    said = entry.dist.metadata.json
    return PluginFacts(
        name=plugin,
        distribution=f"{entry.dist.name} {entry.dist.version}",
        summary=str(said.get("summary", "")),
        readme=str(said.get("description", "")),
        licence=str(said.get("license_expression", said.get("license", ""))),
        requires=tuple(entry.dist.requires or ()),
        typed=(files(entry.module.partition(".")[0]) / "py.typed").is_file(),
        needs_torch=imports_torch(plugin),
        faults=tuple(str(f) for f in plugins.faults() if f.plugin == plugin),
        devices=tuple(_classes("device", plugin)),
        servers=tuple(_classes("server", plugin)),
        results=tuple(examine_all(tick, plugin)),
    )


def imports_torch(plugin: str) -> bool:
    """Return whether a fresh interpreter that lists the plugin imports torch."""
    listed = subprocess.run(
        [sys.executable, "-c", LISTING],
        env=os.environ
        | {"PNN_PLUGINS": plugin, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
    )
    return listed.stdout.strip() != "False"


def _classes(kind: plugins.Kind, plugin: str) -> list[type[Any]]:
    """Return the plugin's components of a kind that can be loaded."""
    found = []
    for component in plugins.components(kind).values():
        if component.plugin == plugin:
            try:
                found.append(component.load())
            except PNNError:
                continue  # its check says why
    return found
