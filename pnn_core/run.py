"""Run folders: what was asked, what was measured, and the trained network.

    experiment.toml   the experiment with every default spelled out
    device.json       what the device says of itself, such as a measured latency
    manifest.json     status, versions, machine, and the checksum of experiment.toml
    calibration.json  reality gaps and what the calibration cost
    twin.npz          the twin's weights
    metrics.json      one record an epoch
    network.npz       what was trained, as plain arrays
    waveforms.npz     a few inputs, measured and predicted outputs
    evaluation.json   accuracies and confusion matrices

Every file is replaced as a whole, so an interruption leaves the one before. Nothing
is pickled: arrays are read with `allow_pickle=False`. The folder can be evaluated and
reported without anything else.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shlex
import sys
import zipfile
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pnn_core.errors import RunError
from pnn_core.version import __version__

Arrays = dict[str, NDArray[Any]]
Status = Literal["started", "calibrated", "trained", "interrupted", "failed"]


_UNREADABLE = (
    ValueError,
    OSError,
    EOFError,
    KeyError,
    RuntimeError,  # encrypted, or a version of zip that Python does not know
    zipfile.BadZipFile,
    zlib.error,
)


class Run:
    """One run folder. `Run.create` starts one, `Run.open` reads one.

    Args:
        folder: Where it lies.
        manifest: Content of manifest.json.
    """

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.folder = folder
        self.manifest = manifest

    @classmethod
    def create(cls, folder: Path, experiment_toml: str, **facts: Any) -> Run:
        """Start a run in a new or empty folder.

        Args:
            folder: Made if need be.
            experiment_toml: Text of the resolved experiment.
            **facts: More for the manifest.

        Raises:
            RunError: If the folder holds something already.
        """
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise RunError(
                f"Run folder {folder} exists and is not empty.\n"
                f"  Choose another; earlier results are never overwritten."
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunError(
                f"Run folder {folder} cannot be made: {error}.\n"
                f"  Choose a place that is a folder and that you may write to."
            ) from None
        run = cls(
            folder,
            {
                "format": 1,
                "status": "started",
                "started": _now(),
                "command": shlex.join(sys.argv),
                "versions": versions(),
                "machine": machine(),
                "experiment_sha256": _sha256(experiment_toml),
                **facts,
            },
        )
        run._write("experiment.toml", experiment_toml.encode())
        run.mark("started")
        return run

    @classmethod
    def open(cls, folder: Path) -> Run:
        """Read a run folder.

        Raises:
            RunError: If it is none, or its experiment is damaged.
        """
        if not (folder / "manifest.json").is_file():
            raise RunError(
                f"{folder} is not a run folder: it has no manifest.json.\n"
                f"  `pnn train` leaves one; give its path."
            )
        run = cls(folder, {})
        run.manifest = run.read_json("manifest.json")
        if not isinstance(run.manifest, dict):
            raise _damaged(folder / "manifest.json", "it is no table")
        if run.manifest.get("format") != 1:
            raise RunError(
                f"{folder} has run format {run.manifest.get('format')!r}, this "
                f"pnn-core {__version__} reads format 1.\n  Upgrade pnn-core."
            )
        if _sha256(run.experiment_toml) != run.manifest.get("experiment_sha256"):
            raise _damaged(folder / "experiment.toml", "its checksum differs")
        return run

    @property
    def experiment_toml(self) -> str:
        """Text of the resolved experiment."""
        return self._read("experiment.toml").decode(errors="replace")

    def mark(self, status: Status, **facts: Any) -> None:
        """Record how far the run has come, and more facts."""
        self.manifest |= {"status": status, "updated": _now(), **facts}
        self.write_json("manifest.json", self.manifest)

    def has(self, name: str) -> bool:
        """Return whether the file `name` has been written."""
        return (self.folder / name).is_file()

    def write_json(self, name: str, content: Any) -> None:
        """Replace a JSON file."""
        self._write(name, (json.dumps(content, indent=1) + "\n").encode())

    def read_json(self, name: str) -> Any:
        """Read a JSON file.

        Raises:
            RunError: If it is missing or damaged.
        """
        try:
            return json.loads(self._read(name))
        except ValueError as error:
            raise _damaged(self.folder / name, str(error)) from None

    def write_arrays(self, name: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Replace an .npz file of plain arrays."""
        temporary = self.folder / f".{name}"
        with temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
        temporary.replace(self.folder / name)

    def read_arrays(self, name: str) -> Arrays:
        """Read an .npz file of plain arrays; each one's checksum is verified.

        Raises:
            RunError: If it is missing or damaged, or holds pickled objects.
        """
        path = self.folder / name
        self._require(name)
        try:
            with path.open("rb") as stream:
                file = np.load(stream, allow_pickle=False)
                if isinstance(file, np.ndarray):
                    raise ValueError("it is one array, not an archive of arrays")
                return {key: file[key] for key in file.files}
        except _UNREADABLE as error:
            raise _damaged(path, str(error)) from None

    def _require(self, name: str) -> None:
        if not self.has(name):
            status = self.manifest.get("status", "unknown")
            raise RunError(
                f"Run {self.folder} has no {name}; its status is {status!r}.\n"
                f"  Train it (again) with `pnn train {self.folder}/experiment.toml`."
            )

    def _read(self, name: str) -> bytes:
        self._require(name)
        return (self.folder / name).read_bytes()

    def _write(self, name: str, content: bytes) -> None:
        temporary = self.folder / f".{name}"
        temporary.write_bytes(content)
        temporary.replace(self.folder / name)


def versions() -> dict[str, str]:
    """Return the versions of the core, of what it computes with, and of plugins."""
    from importlib.metadata import PackageNotFoundError, version

    found = {"python": platform.python_version(), "pnn-core": __version__}
    plugin_packages = {
        e.dist.name for e in entry_points(group="pnn") if e.dist and e.dist.name
    }
    for package in ("numpy", "torch", *sorted(plugin_packages - {"pnn-core"})):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def machine() -> dict[str, Any]:
    """Return what the run was computed on."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    named = (line.partition(": ")[2] for line in lines if line.startswith("model name"))
    return next(named, platform.processor())


def _damaged(path: Path, cause: str) -> RunError:
    return RunError(
        f"{path} is damaged: {cause}.\n"
        f"  Restore it from a copy, or train again; the folder's other files are "
        f"untouched."
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
