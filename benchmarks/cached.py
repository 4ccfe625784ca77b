"""Results of long runs, kept in `benchmarks/.cache` until what made them changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

CACHE = Path(__file__).parent / ".cache"


def checksum(files: Iterable[Path]) -> str:
    """Return a checksum of the content of files."""
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def cached(
    path: str, settings: dict[str, Any], run: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """Return what `run` returned when it last ran with these settings, or run it.

    Args:
        path: Folder and readable name of the file; a checksum of the settings is added.
        settings: Everything that the result depends on.
        run: Takes long; returns what JSON can hold.
    """
    text = json.dumps(settings, sort_keys=True)
    key = hashlib.sha256(text.encode()).hexdigest()[:16]
    file = CACHE / f"{path}-{key}.json"
    if not file.exists():
        content = {"settings": settings, "result": run()}
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".draft")
        draft.write_text(json.dumps(content, indent=1) + "\n")
        draft.replace(file)
    result: dict[str, Any] = json.loads(file.read_text())["result"]
    return result
