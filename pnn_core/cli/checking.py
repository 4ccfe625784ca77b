"""What `pnn check` finds: the conformance checks of one device, a line each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def examine(name: str, tick: Callable[[int, int], None]) -> dict[str, Any]:
    """Run every check that applies to the device `name`, and tell the progress."""
    from pnn_core.testing import checks, outcome

    results, todo = [], checks(name)
    for number, check in enumerate(todo, 1):
        results.append(outcome(check))
        tick(number, len(todo))
    counts = {
        state: sum(r["state"] == state for r in results)
        for state in ("passed", "exempt", "failed")
    }
    conforms = counts["failed"] == 0 and counts["passed"] > 0
    return {"name": name, "checks": results, **counts, "conforms": conforms}


def as_text(found: dict[str, Any]) -> str:
    """Return the results as aligned lines."""
    lines = []
    for result in found["checks"]:
        lines.append(f"{result['state']:<7} {result['check']}")
        if result["detail"]:
            lines += [f"        {line}" for line in result["detail"].splitlines()]
    verdict = "conforms" if found["conforms"] else "does not conform"
    lines.append(
        f"{found['name']}: {verdict} ({found['passed']} passed, "
        f"{found['exempt']} exempt, {found['failed']} failed)"
    )
    return "\n".join(lines)
