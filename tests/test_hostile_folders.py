"""Damaged run folders are refused file by file, and nothing else in them is touched."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import pnn_core as pnn
from pnn_core import plugins
from pnn_core.experiment import Experiment
from pnn_core.run import Run
from pnn_core.session import run_evaluation, run_training
from pnn_core.testing import ToyPlugin


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Train the toy once; tests damage copies of its run folder."""
    folder = tmp_path_factory.mktemp("trained") / "run"
    experiment = Experiment.model_validate(
        {
            "task": {"name": "toy", "examples": 60},
            "device": {"name": "toy"},
            "network": {"layers": 1},
            "trainer": {"name": "pat", "epochs": 1},
        }
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PNN_PLUGINS", "")
        plugins.reload()
        with pnn.temporary_plugin(ToyPlugin()):
            run_evaluation(run_training(experiment, folder))
    return folder


@pytest.fixture
def copy(trained, tmp_path):
    return shutil.copytree(trained, tmp_path / "run")


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def emptied(path):
    path.write_bytes(b"")


def text(path):
    path.write_text("[]")


def pickled(path):
    np.savez(path, state=np.array([{"pickled": "object"}], dtype=object))


def bare_array(path):
    with path.open("wb") as file:
        np.save(file, np.zeros(3))


def other_shape(path):
    with np.load(path) as file:
        arrays = {name: np.zeros((7, *file[name].shape)) for name in file.files}
    np.savez(path, **arrays)


def other_type(path):
    with np.load(path) as file:
        arrays = {name: file[name].astype(str) for name in file.files}
    np.savez(path, **arrays)


@pytest.mark.parametrize("damage", [cut, emptied, text, pickled, bare_array])
@pytest.mark.parametrize("name", ["network.npz", "twin.npz"])
def test_damaged_arrays_are_refused_and_nothing_else_is_touched(
    refusal, rig, copy, name, damage
):
    damage(copy / name)
    before = contents(copy)
    with refusal(pnn.RunError, f"{copy / name} is damaged", "train again"):
        run_evaluation(Run.open(copy))
    assert contents(copy) == before


@pytest.mark.filterwarnings("ignore::UserWarning")  # zipfile, of doubled names
def test_a_flipped_byte_of_an_archive_is_refused_or_harmless(tmp_path):
    run = Run(tmp_path, {})
    arrays = {"layer1.gain": np.arange(4.0), "none": np.zeros((2, 0))}
    run.write_arrays("network.npz", arrays)
    intact = (tmp_path / "network.npz").read_bytes()
    for place in range(len(intact)):
        damaged = bytearray(intact)
        damaged[place] ^= 0xFF
        (tmp_path / "network.npz").write_bytes(damaged)
        try:
            found = run.read_arrays("network.npz")
        except pnn.RunError:
            continue
        for name, array in found.items():  # a missing one is noticed by its network
            assert np.array_equal(array, arrays[name])


@pytest.mark.parametrize("damage", [other_shape, other_type])
@pytest.mark.parametrize("name", ["network.npz", "twin.npz"])
def test_arrays_of_another_network_are_refused(refusal, rig, copy, name, damage):
    damage(copy / name)
    before = contents(copy)
    with refusal(pnn.RunError, f"{copy / name} does not fit"):
        run_evaluation(Run.open(copy))
    assert contents(copy) == before


def test_a_network_of_nan_never_reaches_the_device(refusal, rig, copy):
    with np.load(copy / "network.npz") as file:
        arrays = {name: file[name] * np.float32(np.nan) for name in file.files}
    np.savez(copy / "network.npz", **arrays)
    with refusal(pnn.SignalError, "toy.inputs expects finite values"):
        run_evaluation(Run.open(copy))


@pytest.mark.parametrize("damage", [cut, emptied, text])
@pytest.mark.parametrize("name", ["experiment.toml", "manifest.json"])
def test_a_damaged_run_folder_is_refused(refusal, rig, copy, name, damage):
    damage(copy / name)
    before = contents(copy)
    with refusal(pnn.RunError, str(copy / name), "damaged"):
        run_evaluation(Run.open(copy))
    assert contents(copy) == before


@pytest.mark.parametrize("damage", [cut, emptied])
def test_damaged_metrics_are_refused_and_the_network_still_evaluates(
    refusal, rig, copy, damage
):
    damage(copy / "metrics.json")
    run = Run.open(copy)
    with refusal(pnn.RunError, f"{copy / 'metrics.json'} is damaged"):
        run.read_json("metrics.json")
    run_evaluation(run)


@pytest.mark.parametrize(
    "name", ["experiment.toml", "manifest.json", "network.npz", "twin.npz"]
)
def test_a_missing_file_is_named(refusal, rig, copy, name):
    (copy / name).unlink()
    with refusal(pnn.RunError, str(copy), name):
        run_evaluation(Run.open(copy))


def test_a_run_of_a_later_format_is_refused(refusal, copy):
    manifest = json.loads((copy / "manifest.json").read_text()) | {"format": 2}
    (copy / "manifest.json").write_text(json.dumps(manifest))
    with refusal(pnn.RunError, "run format 2", "reads format 1", "Upgrade"):
        Run.open(copy)


@pytest.mark.parametrize("name", ["nowhere", "file"])
def test_what_is_no_run_folder_is_refused(refusal, tmp_path, name):
    (tmp_path / "file").write_text("")
    with refusal(pnn.RunError, f"{tmp_path / name} is not a run folder", "pnn train"):
        Run.open(tmp_path / name)


def test_a_folder_that_is_not_empty_is_never_written_into(refusal, rig, copy):
    before = contents(copy)
    with refusal(pnn.RunError, f"{copy} exists and is not empty", "Choose another"):
        run_training(Experiment.load(copy / "experiment.toml"), copy)
    assert contents(copy) == before


def test_a_folder_that_cannot_be_made_is_refused(refusal, rig, copy):
    with refusal(pnn.RunError, str(copy / "manifest.json" / "run")):
        Run.create(copy / "manifest.json" / "run", "")


def test_a_twin_from_a_folder_that_is_none_leaves_no_run(rig, refusal, copy, tmp_path):
    experiment = Experiment.load(copy / "experiment.toml")
    with refusal(pnn.RunError, "nowhere is not a run folder"):
        run_training(experiment, tmp_path / "new", twin_from=tmp_path / "nowhere")
    assert not (tmp_path / "new").exists()


def test_a_write_that_is_interrupted_leaves_the_file_before(tmp_path, monkeypatch):
    def interrupted(self, target):
        raise KeyboardInterrupt

    run = Run(tmp_path, {})
    run.write_json("metrics.json", [1])
    run.write_arrays("network.npz", {"gain": np.ones(1)})
    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run.write_json("metrics.json", [1, 2])
    with pytest.raises(KeyboardInterrupt):
        run.write_arrays("network.npz", {"gain": np.zeros(1)})
    assert run.read_json("metrics.json") == [1]
    assert run.read_arrays("network.npz") == {"gain": np.ones(1)}


def test_a_device_that_fails_while_training_leaves_the_last_epoch(
    rig, refusal, copy, tmp_path, monkeypatch
):
    measure = rig.measure

    def tiring(self, inputs, params):
        if self.usage.runs == 8:
            raise OSError("unplugged")
        return measure(self, inputs, params)

    experiment = Experiment.load(copy / "experiment.toml")
    trainer = experiment.trainer.model_copy(update={"epochs": 9})
    experiment = experiment.model_copy(update={"trainer": trainer})
    with monkeypatch.context() as patch:
        patch.setattr(rig, "measure", tiring)
        with refusal(pnn.DeviceError, "toy failed while measuring", "unplugged"):
            run_training(experiment, tmp_path / "new")
    run = Run.open(tmp_path / "new")
    assert run.manifest["status"] == "failed"
    assert "unplugged" in run.manifest["error"]
    assert run.read_json("metrics.json")
    run_evaluation(run)
