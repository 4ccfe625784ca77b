"""Downloads into the cache: whole and intact, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pnn_tasks.datafile import DataFile

__all__ = ["download_from"]


def download_from(url: str, file: DataFile, folder: Path) -> bytes:
    """Download `file` from `url` into `folder` and return its content.

    pooch downloads to a temporary name; the content is checked there, and only an
    intact file is moved to its own name.

    Raises:
        DamagedError: If the mirror serves another content.
        OSError: If the mirror is out of reach, or the folder cannot be written.
    """
    import pooch

    name = url.rsplit("/", 1)[-1]
    form = next(form for form in file.forms if form.file == name)

    def download(url: str, output: str, owner: Any) -> None:
        pooch.HTTPDownloader(progressbar=False)(url, output, owner)
        form.checked(Path(output), file.sha256)

    mirror = pooch.create(folder, base_url="", registry={name: None}, urls={name: url})
    (folder / name).unlink(missing_ok=True)
    return form.checked(Path(mirror.fetch(name, downloader=download)), file.sha256)
