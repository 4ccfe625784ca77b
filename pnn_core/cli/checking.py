"""What `pnn check NAME` prints: the conformance checks of a component, a line each."""

from __future__ import annotations

from typing import Any

from pnn_core.testing.examine import STATES


def as_text(found: dict[str, Any]) -> str:
    """Return the results as aligned lines."""
    lines = []
    for result in found["checks"]:
        lines.append(f"{result['state']:<7} {result['check']}")
        if result["detail"]:
            lines += [f"        {line}" for line in result["detail"].splitlines()]
    return "\n".join([*lines, verdict(found)])


def verdict(found: dict[str, Any]) -> str:
    """Return a component's result in a line."""
    said = "conforms" if found["conforms"] else "does not conform"
    if found["conforms"] and found["skipped"]:
        said += " as far as it could be checked"
    counts = ", ".join(f"{found[state]} {state}" for state in STATES)
    return f"{found['name']}: {said} ({counts})"
