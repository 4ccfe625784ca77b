import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

import pytest
from pnn_tasks import search
from pnn_tasks.idx import idx_file

CONTENT = bytes([0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4])
"""The labels 5, 0, 4 as IDX."""


@dataclass
class Places:
    """The folders of a computer that has no data yet."""

    data_dir: Path
    environment: Path
    debian: Path
    cache: Path


@pytest.fixture
def places(tmp_path, monkeypatch):
    found = Places(*(tmp_path / name for name in ("dir", "env", "debian", "cache")))
    monkeypatch.setenv("PNN_DATA_DIR", str(found.environment))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(search, "DEBIAN", found.debian)
    monkeypatch.setattr(search, "cache", lambda: found.cache)
    return found


@pytest.fixture
def config(places):
    return search.SearchConfig(data_dir=places.data_dir, download=False)


@pytest.fixture
def labels():
    """Return the description of a small file on `mirrors`."""

    def describe(*mirrors):
        return idx_file(
            "labels",
            hashlib.sha256(CONTENT).hexdigest(),
            folder="digits",
            mirrors=mirrors,
            advice="Ask for the labels.",
        )

    return describe


@pytest.fixture
def put():
    """Write labels, gzipped and whole unless told otherwise."""

    def write(root, content=CONTENT, folder="digits", cut=None):
        path = root / folder / "labels.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(content)[:cut])
        return path

    return write
