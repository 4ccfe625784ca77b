"""IDX, the format of MNIST: unsigned bytes behind a header that states their shape."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pnn_tasks.datafile import DataFile, Form

__all__ = ["decode", "encode", "idx_file", "npz_member"]

UINT8 = 0x08
"""IDX's code for unsigned bytes, the third byte of the header."""


def encode(array: NDArray[np.uint8]) -> bytes:
    """Return `array` as IDX: 0, 0, type, dimensions, big-endian sizes, values."""
    if array.dtype != np.uint8:
        raise ValueError(f"expected uint8, got {array.dtype}")
    sizes = np.array(array.shape, dtype=">u4").tobytes()
    return bytes([0, 0, UINT8, array.ndim]) + sizes + array.tobytes()


def decode(content: bytes) -> NDArray[np.uint8]:
    """Return the array that `encode` turned into `content`, read-only."""
    dimensions = content[3]
    sizes = np.frombuffer(content, dtype=">u4", count=dimensions, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(sizes)


def npz_member(key: str) -> Callable[[Path], bytes]:
    """Return a reader of an npz file's array `key`, as IDX."""

    def read(path: Path) -> bytes:
        with zipfile.ZipFile(path) as archive, archive.open(f"{key}.npy") as member:
            return encode(np.lib.format.read_array(member, allow_pickle=False))

    return read


def gunzip(path: Path) -> bytes:
    """Return the content of a gzip file."""
    return gzip.decompress(path.read_bytes())


def idx_file(
    name: str,
    sha256: str,
    *,
    folder: str,
    mirrors: tuple[str, ...],
    advice: str,
    archives: tuple[Form, ...] = (),
) -> DataFile:
    """Describe an IDX file that comes plain, gzipped or in `archives`.

    Args:
        name: Such as "train-images-idx3-ubyte".
        sha256: Of the uncompressed file.
        folder: Name of the data set.
        mirrors: URLs of folders that hold the gzipped file.
        advice: The way out, for when no copy is found.
        archives: Further forms, whose readers return IDX.
    """
    forms = (Form(name, Path.read_bytes), Form(f"{name}.gz", gunzip), *archives)
    urls = tuple(f"{mirror}/{name}.gz" for mirror in mirrors)
    return DataFile(name, sha256, forms, folder, urls, advice)
