"""Files of a data set, each known by the content it must have."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pnn_core.errors import told

__all__ = ["DamagedError", "DataFile", "Form"]

UNREADABLE = (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error)
"""What numpy, gzip, zlib and zipfile raise on a truncated or foreign file."""


class DamagedError(Exception):
    """A file is there and does not hold what it should."""


@dataclass(frozen=True)
class Form:
    """A way in which a content is handed round.

    Args:
        file: Name of the file, such as "train-labels-idx1-ubyte.gz".
        read: Returns the content from the file's path, without unpickling.
    """

    file: str
    read: Callable[[Path], bytes]

    def checked(self, path: Path, sha256: str) -> bytes:
        """Return the content at `path`.

        Raises:
            DamagedError: If it cannot be read, or its sha256 is another.
        """
        try:
            content = self.read(path)
        except UNREADABLE as error:
            raise DamagedError(f"unreadable, {told(error)}") from error
        found = hashlib.sha256(content).hexdigest()
        if found != sha256:
            raise DamagedError(f"its content has sha256 {found}")
        return content


@dataclass(frozen=True)
class DataFile:
    """A content with a known checksum, the forms it comes in and where it is found.

    Args:
        name: What messages call it.
        sha256: Of the content: of what is inside an archive, not of the archive.
        forms: In order of preference.
        folder: Subfolder of a data folder that is looked into first.
        urls: Mirrors. The last part of a URL is the `file` of one of the forms.
        advice: The way out, for when no copy is found.
    """

    name: str
    sha256: str
    forms: tuple[Form, ...]
    folder: str
    urls: tuple[str, ...] = ()
    advice: str = ""
