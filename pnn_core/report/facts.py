"""Facts: everything a run folder says, read and checked before anything is drawn."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from pnn_core.errors import RunError
from pnn_core.report.records import (
    CalibrationRecord,
    EpochRecord,
    EvaluationRecord,
    Manifest,
    Outline,
)
from pnn_core.run import Arrays, Run

T = TypeVar("T")


@dataclass(frozen=True)
class Facts:
    """One run, as far as it came.

    Args:
        label: What tells it from the page's other runs.
        manifest: How it went.
        outline: What it is made of.
        toml: The resolved experiment.
        calibration: None if the twin was not calibrated.
        epochs: Empty if it was not trained.
        evaluations: By "split_place", such as "test_device".
        network: What was trained, empty if nothing was.
        waveforms: A few examples on device and twin, empty if none were taken.
    """

    label: str
    manifest: Manifest
    outline: Outline
    toml: str
    calibration: CalibrationRecord | None
    epochs: list[EpochRecord]
    evaluations: dict[str, EvaluationRecord]
    network: Arrays
    waveforms: Arrays

    def unit(self, port: str) -> str:
        """Return the unit of a port, or that it is the device's own."""
        known = self.manifest.signals.get(port)
        return known.unit if known else "device units"


def read_all(runs: Sequence[Run]) -> list[Facts]:
    """Read run folders, in order.

    Raises:
        RunError: If a file is damaged; it says which.
    """
    return [read(run, label) for run, label in zip(runs, _labels(runs), strict=True)]


def read(run: Run, label: str) -> Facts:
    """Read one run folder.

    Raises:
        RunError: If a file is damaged; it says which.
    """
    text = run.experiment_toml
    try:
        tables: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _damaged(run.folder / "experiment.toml", str(error)) from None
    return Facts(
        label,
        _checked(Manifest, run, "manifest.json", run.manifest),
        _checked(Outline, run, "experiment.toml", tables),
        text,
        _json(CalibrationRecord, run, "calibration.json", None),
        _json(list[EpochRecord], run, "metrics.json", []),
        _json(dict[str, EvaluationRecord], run, "evaluation.json", {}),
        run.read_arrays("network.npz") if run.has("network.npz") else {},
        _waveforms(run),
    )


def _waveforms(run: Run) -> Arrays:
    """Return the signals as [example, element], and the inputs' range if known."""
    name, ports = "waveforms.npz", ("inputs", "measured", "predicted")
    if not run.has(name):
        return {}
    arrays = run.read_arrays(name)
    if missing := [port for port in ports if port not in arrays]:
        raise _damaged(run.folder / name, f"it has no {', '.join(missing)}")
    shapes = [arrays[port].shape for port in ports]
    if shapes[1] != shapes[2] or not all(s and s[0] == shapes[1][0] for s in shapes):
        raise _damaged(run.folder / name, f"shapes {shapes} do not belong together")
    flat = {port: arrays[port].reshape(len(arrays[port]), -1) for port in ports}
    return flat | {k: v for k, v in arrays.items() if k == "input_range"}


def _json(kind: type[T], run: Run, name: str, missing: Any) -> Any:
    if not run.has(name):
        return missing
    return _checked(kind, run, name, run.read_json(name))


def _checked(kind: type[T], run: Run, name: str, content: Any) -> T:
    try:
        return TypeAdapter(kind).validate_python(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        cause = f"{where}: {first['msg']}" if where else first["msg"]
        raise _damaged(run.folder / name, cause) from None


def _damaged(path: Path, cause: str) -> RunError:
    return RunError(
        f"{path} is damaged: {cause}.\n"
        f"  Restore it from a copy, or report without this run."
    )


def _labels(runs: Sequence[Run]) -> list[str]:
    """Return the folders' names, or their paths where names are not enough."""
    folders = [run.folder.resolve() for run in runs]
    times = Counter(folder.name for folder in folders)
    return [f.name if times[f.name] == 1 else str(f) for f in folders]
