"""What a task must do. Its data may be missing here: then a check is skipped."""

from __future__ import annotations

import builtins
import io
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations
from typing import Any
from unittest.mock import patch

import numpy as np

from pnn_core.errors import TaskError
from pnn_core.task import Split, Splits, Task
from pnn_core.testing.exempt import Exempt, Missing

__all__ = ["TASK_CHECKS"]


def has_features_between_0_and_1(cls: type[Task]) -> None:
    """Features are float32 within [0, 1], and of one shape in all splits."""
    parts = _parts(_loaded(cls))
    shapes = {part.features.shape[1:] for part in parts.values()}
    assert len(shapes) == 1, f"{cls.name}: splits differ in shape, {sorted(shapes)}"
    for name, part in parts.items():
        x = part.features
        assert x.dtype == np.float32, f"{cls.name}: {name} features are {x.dtype}"
        assert ((x >= 0) & (x <= 1)).all(), (
            f"{cls.name}: {name} features go from {x.min():.4g} to {x.max():.4g}, "
            f"need 0 to 1"
        )


def has_labels_of_its_classes(cls: type[Task]) -> None:
    """Labels are int64 numbers of the named classes; each class can be learned."""
    splits = _loaded(cls)
    classes = range(len(splits.classes))
    for name, part in _parts(splits).items():
        found = set(part.labels.tolist())
        assert part.labels.dtype == np.int64, (
            f"{cls.name}: {name} labels are {part.labels.dtype}, need int64"
        )
        assert found, f"{cls.name}: {name} is empty"
        assert found <= set(classes), (
            f"{cls.name}: {name} has labels up to {max(found)}, need 0 to "
            f"{len(classes) - 1}"
        )
    untaught = set(classes) - set(splits.train.labels.tolist())
    assert not untaught, f"{cls.name}: nothing to learn class {min(untaught)} from"


def keeps_its_splits_apart(cls: type[Task]) -> None:
    """No example is in two splits."""
    rows = {
        name: {example.tobytes() for example in part.features}
        for name, part in _parts(_loaded(cls)).items()
    }
    for one, other in combinations(rows, 2):
        shared = len(rows[one] & rows[other])
        assert not shared, f"{cls.name}: {shared} examples are in {one} and in {other}"


def repeats_from_its_settings(cls: type[Task]) -> None:
    """The same settings give the same splits, whatever was drawn at random before."""
    loaded = []
    state = np.random.get_state()
    try:
        for seed in (1, 2):
            np.random.seed(seed)
            loaded.append(_parts(_loaded(cls)))
    finally:
        np.random.set_state(state)
    for name, part in loaded[0].items():
        again = loaded[1][name]
        assert np.array_equal(part.features, again.features), (
            f"{cls.name}: {name} differs when loaded again"
        )
        assert np.array_equal(part.labels, again.labels), (
            f"{cls.name}: the labels of {name} differ when loaded again"
        )


def keeps_its_test_split(cls: type[Task]) -> None:
    """`seed` chooses the validation split alone, so that runs of seeds compare."""
    first, second = _loaded(cls), _loaded(cls, seed=1)
    assert np.array_equal(first.test.features, second.test.features), (
        f"{cls.name}: seed = 1 has another test split; draw that from a seed of its own"
    )


def refuses_damaged_files(cls: type[Task]) -> None:
    """A byte that differs in a file is found by its checksum: TaskError."""
    _loaded(cls)
    with _damaged() as opened:
        try:
            _offline(cls).load()
        except TaskError:
            return
        except Exception as error:
            raise AssertionError(
                f"{cls.name} lets {type(error).__name__} out of a damaged file, "
                f"need TaskError"
            ) from error
    if not opened:
        raise Exempt("It opens no file.")
    raise AssertionError(f"{cls.name} did not notice that {opened[-1]} is damaged")


@contextmanager
def _damaged() -> Iterator[list[str]]:
    """Flip a bit in the middle of every file that is read; yield their names."""
    opened: list[str] = []
    real = builtins.open

    def spoilt(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        if not mode.startswith("r") or "+" in mode or isinstance(file, int):
            return real(file, mode, *args, **kwargs)
        opened.append(str(file))
        with real(file, "rb") as intact:
            content = bytearray(intact.read())
        if content:
            content[len(content) // 2] ^= 1
        damaged = io.BytesIO(bytes(content))
        return damaged if "b" in mode else io.TextIOWrapper(damaged, "utf-8")

    with patch.object(builtins, "open", spoilt), patch.object(io, "open", spoilt):
        yield opened


def _loaded(cls: type[Task], **settings: Any) -> Splits:
    """Return the splits, or skip the check where the data are not on this machine."""
    try:
        return _offline(cls, **settings).load()
    except TaskError as error:
        raise Missing(str(error)) from error


def _offline(cls: type[Task], **settings: Any) -> Task:
    """Return a task that downloads nothing."""
    known = {"download": False} if "download" in cls.Config.model_fields else {}
    return cls(**known, **settings)


def _parts(splits: Splits) -> dict[str, Split]:
    return {
        "train": splits.train,
        "validation": splits.validation,
        "test": splits.test,
    }


TASK_CHECKS = (
    has_features_between_0_and_1,
    has_labels_of_its_classes,
    keeps_its_splits_apart,
    repeats_from_its_settings,
    keeps_its_test_split,
    refuses_damaged_files,
)
