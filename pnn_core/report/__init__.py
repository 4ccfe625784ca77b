"""Reports: one self-contained HTML page about one or several run folders.

The page is made from the folders alone: no torch, no device, no data set. It loads
nothing, so it can be mailed, archived and opened without a network.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pnn_core.errors import PNNError, RunError
from pnn_core.run import Run

__all__ = ["write_report"]

EXTRA = {"jinja2", "markupsafe", "matplotlib"}


def write_report(runs: Sequence[Run], path: Path) -> Path:
    """Write a page about `runs` to `path`, as a whole or not at all, and return it.

    Args:
        runs: One or more run folders, finished or not.
        path: The page; replaced if it exists.

    Raises:
        RunError: If a folder is damaged, or the page cannot be written.
        PNNError: If matplotlib or jinja2 is not installed.
    """
    if not runs:
        raise RunError(
            "A report is about at least one run, got none.\n"
            "  Give the paths of run folders, as in `pnn report runs/first`."
        )
    try:
        from pnn_core.report.page import page
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in EXTRA:
            raise
        raise PNNError(
            f"A report needs matplotlib and jinja2, and {error.name} is missing.\n"
            f'  pip install "pnn-core[report]"'
        ) from None
    _replace(path, page(runs))
    return path


def _replace(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise RunError(
            f"The report {path} cannot be written: {error.strerror}.\n"
            f"  Give the path of a file in a folder that can be written to."
        ) from None
