"""What this package offers to pnn-core."""

from __future__ import annotations

from typing import Any

from pnn_core import hookimpl


@hookimpl
def pnn_devices() -> list[Any]:
    """Return the virtual crystal."""
    from pnn_optical.bench import ShgBench

    return [ShgBench]
