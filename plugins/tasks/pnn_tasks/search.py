"""Where data are looked for: folders first, then the network."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from pnn_core import TaskConfig, TaskError
from pnn_tasks.datafile import DamagedError, DataFile, Form
from pnn_tasks.download import download_from

__all__ = ["SearchConfig", "find"]

DEBIAN = Path("/usr/share/datasets")
"""Where Debian's dataset-* packages put their files."""

logger = logging.getLogger(__name__)


class SearchConfig(TaskConfig):
    """Settings of a task whose files are not part of the package."""

    data_dir: Path | None = Field(
        None, description="Folder that is searched before every other place."
    )
    download: bool = Field(
        True, description="Whether to download into the cache what no folder has."
    )


def find(file: DataFile, config: SearchConfig) -> bytes:
    """Return the content of the first intact copy of `file`.

    Order: `data_dir`, PNN_DATA_DIR, Debian's folder, the user's cache, the mirrors.
    A damaged copy is logged, and the search goes on.

    Raises:
        TaskError: If no place has an intact copy; names every place and its failure.
    """
    tried = []
    for place, root in folders(config.data_dir):
        if root is None:
            tried.append(f"{place}: not set")
            continue
        damaged = []
        for path, form in copies(file, root):
            try:
                return form.checked(path, file.sha256)
            except DamagedError as error:
                damaged.append(f"{place}: {path}: {error}")
                logger.warning("Passed over %s: %s.", path, error)
        tried += damaged or [f"{place}: nothing in {root / file.folder} or {root}"]
    if not config.download:
        tried.append("download: turned off by download = false")
    elif not file.urls:
        tried.append("download: no public mirror is known")
    for url in file.urls if config.download else ():
        try:
            return download_from(url, file, cache() / file.folder)
        except (DamagedError, OSError) as error:
            tried.append(f"download: {url}: {error}")
    raise TaskError(
        f"{file.name} with content of sha256 {file.sha256} was not found. Tried:\n"
        + "".join(f"    {line}\n" for line in tried)
        + f"  {file.advice}"
    )


def folders(data_dir: Path | None) -> Iterator[tuple[str, Path | None]]:
    """Yield each place's name with its root folder, or None if it is not set."""
    yield "data_dir", data_dir and data_dir.expanduser()
    named = os.environ.get("PNN_DATA_DIR")
    yield "PNN_DATA_DIR", Path(named).expanduser() if named else None
    yield "Debian's data sets", DEBIAN
    yield "cache", cache()


def cache() -> Path:
    """Return the user's cache folder, the same as `pooch.os_cache("pnn")`."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("pnn"))


def copies(file: DataFile, root: Path) -> Iterator[tuple[Path, Form]]:
    """Yield the copies below `root`, each with its form."""
    for folder in (root / file.folder, root):
        for form in file.forms:
            if (folder / form.file).is_file():
                yield folder / form.file, form
