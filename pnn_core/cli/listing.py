"""What `pnn list` shows: every installed component, and every fault."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pnn_core import plugins
from pnn_core.cli.plugin_rows import plugin_rows


def inventory() -> dict[str, Any]:
    """Return components by kind, plugins, and faults. Loads no torch."""
    kinds = {
        f"{kind}s": [
            {"name": c.name, "summary": c.summary, "plugin": c.plugin}
            for _, c in sorted(plugins.components(kind).items())
        ]
        for kind in plugins.KINDS
    }
    faults = [asdict(fault) for fault in plugins.faults()]
    return {**kinds, "plugins": plugin_rows(), "faults": faults}


def as_text(found: dict[str, Any]) -> str:
    """Return the inventory as aligned lines, a kind at a time."""
    lines = []
    for kind in (f"{kind}s" for kind in plugins.KINDS):
        rows = found[kind]
        lines.append(f"{kind} ({len(rows)})")
        name = max((len(row["name"]) for row in rows), default=0)
        plugin = max((len(row["plugin"]) for row in rows), default=0)
        lines += [
            f"  {r['name']:<{name}}  {r['plugin']:<{plugin}}  {r['summary']}"
            for r in rows
        ]
    return "\n".join(lines + faults_as_text(found["faults"]))


def faults_as_text(faults: list[dict[str, str]]) -> list[str]:
    """Return each fault as lines: who, where, why, the way out."""
    if not faults:
        return []
    lines = [f"broken ({len(faults)})"]
    for f in faults:
        lines.append(f"  {f['plugin']}, {f['where']}: {f['cause']}")
        lines += [f"      {line.strip()}" for line in f["remedy"].splitlines()]
    return lines
