"""The installed plugins, a row each: where they come from, and whether they work."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from pnn_core import plugins
from pnn_core.faults import core_range
from pnn_core.version import __version__


def plugin_rows() -> list[dict[str, Any]]:
    """Return a row for the core and one for every installed plugin, by name.

    `state` is "ok"; "broken", wholly or in a hook; "refused", being for another core;
    or "left out" by PNN_PLUGINS.
    """
    failed = {fault.plugin: fault.where for fault in plugins.faults()}
    provided = Counter(
        component.plugin
        for kind in plugins.KINDS
        for component in plugins.components(kind).values()
    )
    entries = sorted(entry_points(group="pnn"), key=lambda entry: entry.name)
    core = {"distribution": "pnn-core", "version": __version__, "requires_core": None}
    about = {"core": core} | {entry.name: _about(entry) for entry in entries}
    return [
        {"plugin": name, **facts, "state": _state(name, failed)}
        | {"hooks": _hooks(name), "components": provided[name]}
        for name, facts in about.items()
    ]


def _about(entry: EntryPoint) -> dict[str, str | None]:
    """Return what the metadata of a plugin's package say."""
    package = entry.dist
    stated = None
    with suppress(ValueError):  # what cannot be read is a fault, and told as one
        stated = core_range(package)
    return {
        "distribution": package.name if package else "unknown",
        "version": package.version if package else "unknown",
        "requires_core": None if stated is None else str(stated),
    }


def _hooks(name: str) -> list[str]:
    """Return the names of the hooks that a plugin implements."""
    manager = plugins.manager()
    callers = manager.get_hookcallers(manager.get_plugin(name)) or []
    return sorted(caller.name for caller in callers)


def _state(name: str, failed: dict[str, str]) -> str:
    if name in failed:
        return "refused" if failed[name] == "version" else "broken"
    return "ok" if plugins.manager().has_plugin(name) else "left out"
