"""For each check of tasks there are tasks that only it catches."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from pydantic import Field

import pnn_core as pnn
from pnn_core.testing import ToyTask, against, outcome


class Nameless(ToyTask):
    """Has a setting that says nothing."""

    class Config(ToyTask.Config):
        speakers: int = 3


class Unitless(ToyTask):
    """Has a length without a unit."""

    class Config(ToyTask.Config):
        length: float = Field(1.0, description="Of a recording.")


class Changed(ToyTask):
    """Hands out splits that `changed` has worked on."""

    def load(self):
        return self.changed(super().load())


class Bright(Changed):
    """Has grey values up to 255."""

    def changed(self, splits):
        test = pnn.Split(255 * splits.test.features, splits.test.labels)
        return replace(splits, test=test)


class Double(Changed):
    """Has features in double precision."""

    def changed(self, splits):
        test = pnn.Split(splits.test.features.astype(float), splits.test.labels)
        return replace(splits, test=test)


class Untaught(Changed):
    """Names a class of which there is no example."""

    def changed(self, splits):
        return replace(splits, classes=("first", "second", "third"))


class FromOne(Changed):
    """Numbers its classes from 1."""

    def changed(self, splits):
        test = pnn.Split(splits.test.features, splits.test.labels + 1)
        return replace(splits, test=test)


class Leaking(Changed):
    """Tests on one of the training examples."""

    def changed(self, splits):
        features, labels = splits.test.features.copy(), splits.test.labels.copy()
        features[7], labels[7] = splits.train.features[3], splits.train.labels[3]
        return replace(splits, test=pnn.Split(features, labels))


class Shuffling(Changed):
    """Orders its examples by the global generator."""

    def changed(self, splits):
        order = np.random.permutation(len(splits.train))
        train = pnn.Split(splits.train.features[order], splits.train.labels[order])
        return replace(splits, train=train)


class Redrawing(Changed):
    """Draws the test examples from the seed of the validation split."""

    def changed(self, splits):
        order = np.random.default_rng(self.config.seed).permutation(len(splits.test))
        test = pnn.Split(splits.test.features[order], splits.test.labels[order])
        return replace(splits, test=test)


class Stored(Changed):
    """Reads its test features from a file."""

    path = None
    sha256 = None

    def changed(self, splits):
        content = self.path.read_bytes()
        if self.sha256 not in (None, hashlib.sha256(content).hexdigest()):
            raise pnn.TaskError(f"{self.path} is damaged.\n  Copy it again.")
        features = np.frombuffer(content, np.uint8).reshape(-1, 4) / np.float32(255)
        return replace(splits, test=pnn.Split(features, splits.test.labels))


class Blurting(Stored):
    """Lets out whatever the library raises."""

    def changed(self, splits):
        if hashlib.sha256(self.path.read_bytes()).hexdigest() != self.sha256:
            raise OSError("damaged")
        return super().changed(splits)


@pytest.fixture(autouse=True)
def stored(tmp_path, monkeypatch):
    """Write the file of the tasks that read one."""
    path = tmp_path / "features"
    rng = np.random.default_rng(5)
    path.write_bytes(rng.integers(0, 256, (100, 4), dtype=np.uint8).tobytes())
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setattr(Stored, "path", path)
    monkeypatch.setattr(Blurting, "sha256", sha256)
    return path, sha256


MUTANTS = {
    "task-is-documented": [Nameless],
    "task-states-units": [Unitless],
    "task-has-features-between-0-and-1": [Bright, Double],
    "task-has-labels-of-its-classes": [Untaught, FromOne],
    "task-keeps-its-splits-apart": [Leaking],
    "task-repeats-from-its-settings": [Shuffling],
    "task-keeps-its-test-split": [Redrawing],
    "task-refuses-damaged-files": [Stored, Blurting],
}


def test_every_check_has_a_task_that_it_catches():
    assert list(MUTANTS) == [check.name for check in against("task", ToyTask)]


@pytest.mark.parametrize(
    ("name", "task"), [(name, cls) for name, found in MUTANTS.items() for cls in found]
)
def test_only_this_check_catches_a_task(name, task):
    ended = [outcome(check) for check in against("task", task)]
    assert {r["check"] for r in ended if r["state"] == "failed"} == {name}


def test_a_task_that_verifies_its_file_passes(stored, monkeypatch):
    monkeypatch.setattr(Stored, "sha256", stored[1])
    ended = {r["check"]: r["state"] for r in map(outcome, against("task", Stored))}
    assert set(ended.values()) == {"passed"}


def test_data_that_are_missing_skip_a_check_and_pass_none():
    class Absent(ToyTask):
        """Has no data."""

        def load(self):
            raise pnn.TaskError("The table was not found.\n  Fetch it.")

    ended = {r["check"]: r for r in map(outcome, against("task", Absent))}
    states = [ended[name]["state"] for name in list(MUTANTS)[2:]]
    assert set(states) == {"skipped"}
    assert "Fetch it" in ended["task-keeps-its-splits-apart"]["detail"]
