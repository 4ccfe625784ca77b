"""Run checks, and count how they end."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

from pnn_core.plugins import Kind
from pnn_core.testing.checks import Check
from pnn_core.testing.suite import checks, outcome

__all__ = ["STATES", "Tick", "examine", "run"]

Tick = Callable[[int, int], None]
"""Called with (done, total)."""

STATES = ("passed", "exempt", "skipped", "failed")


def examine(
    name: str, tick: Tick, kind: Kind | None = None, on: str | None = None
) -> dict[str, Any]:
    """Run every check that applies to what is called `name`, and tell the progress."""
    return run(name, checks(name, kind, on=on), tick)


def run(name: str, todo: list[Check], tick: Tick) -> dict[str, Any]:
    """Run checks, and count how they ended. Where nothing passed, nothing conforms."""
    results = []
    for number, check in enumerate(todo, 1):
        with redirect_stdout(sys.stderr):  # of libraries that talk
            results.append(outcome(check))
        tick(number, len(todo))
    counts = {s: sum(r["state"] == s for r in results) for s in STATES}
    conforms = counts["failed"] == 0 and counts["passed"] > 0
    return {"name": name, "checks": results, **counts, "conforms": conforms}
