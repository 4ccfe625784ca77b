"""Sessions: what a run folder holds, and that nothing else is needed to use it."""

import json

import numpy as np
import pytest

import pnn_core as pnn
from pnn_core.experiment import Experiment
from pnn_core.run import Run
from pnn_core.session import run_calibration, run_evaluation, run_training
from pnn_core.testing import ToyDevice, ToyPlugin

TOML = """
name = "toy"
[task]
name = "toy"
[device]
name = "toy"
noise_v = 0.002
[calibration]
examples = 60
steps = 40
[network]
layers = 2
readout = "band-sums"
[trainer]
name = "pat"
epochs = 3
batch_size = 20
"""


@pytest.fixture(autouse=True)
def _toys():
    with pnn.temporary_plugin(ToyPlugin()):
        yield


@pytest.fixture
def experiment(tmp_path):
    path = tmp_path / "toy.toml"
    path.write_text(TOML)
    return Experiment.load(path)


def test_a_run_folder_alone_reproduces_the_evaluation(experiment, tmp_path):
    run = run_training(experiment, tmp_path / "run")
    first = run_evaluation(Run.open(tmp_path / "run"))
    again = run_evaluation(Run.open(tmp_path / "run"))
    assert first.accuracy == again.accuracy > 0.8
    assert first.confusion.sum() == 100
    assert Run.open(run.folder).read_json("evaluation.json")["test_device"]["virtual"]


def test_the_validation_score_of_the_last_epoch_is_that_of_the_saved_network(
    experiment, tmp_path
):
    quiet = experiment.model_copy(
        update={"device": experiment.device.model_copy(update={"noise_v": 0.0})}
    )
    run = run_training(quiet, tmp_path / "run")
    last = run.read_json("metrics.json")[-1]["validation"]
    assert run_evaluation(run, split="validation").accuracy == last


def test_the_resolved_experiment_spells_out_every_default(experiment, tmp_path):
    run = run_training(experiment, tmp_path / "run")
    stored = Experiment.load(run.folder / "experiment.toml")
    assert stored == stored.resolved()
    assert stored.device.settings == {"noise_v": 0.002, "seed": 0}
    assert stored.twin.name == "toy"
    assert stored.trainer.settings["lr"] > 0


def test_arrays_are_plain_and_say_what_the_device_is_held_at(experiment, tmp_path):
    run = run_training(experiment, tmp_path / "run")
    with np.load(run.folder / "network.npz", allow_pickle=False) as file:
        params = file["layer1.body.physics.params"]
        assert not any(file[name].dtype.hasobject for name in file.files)
        assert not any("twin" in name for name in file.files)
    ToyDevice.params.check(params, port="params", batched=False)


def test_a_calibrated_twin_can_be_used_by_several_trainings(experiment, tmp_path):
    source = run_calibration(experiment, tmp_path / "twin")
    runs = [
        run_training(experiment, tmp_path / name, twin_from=source.folder)
        for name in ("one", "two")
    ]
    assert source.manifest["status"] == "calibrated"
    assert runs[0].read_json("calibration.json") == source.read_json("calibration.json")
    for name, array in source.read_arrays("twin.npz").items():
        assert np.array_equal(runs[1].read_arrays("twin.npz")[name], array)
    assert runs[0].manifest["usage"]["examples"] < 1e4  # none for the calibration


def test_a_twin_of_another_device_is_refused(experiment, tmp_path):
    source = run_calibration(experiment, tmp_path / "twin")
    louder = experiment.model_copy(
        update={"device": experiment.device.model_copy(update={"noise_v": 0.05})}
    )
    with pytest.raises(pnn.RunError, match="another device or twin"):
        run_training(louder, tmp_path / "run", twin_from=source.folder)


@pytest.mark.parametrize("trainer", ["pat", "in-silico", "identity"])
def test_every_trainer_learns_and_accounts_for_the_device(
    experiment, tmp_path, trainer
):
    part = experiment.trainer.model_copy(update={"name": trainer})
    run = run_training(
        experiment.model_copy(update={"trainer": part}), tmp_path / "run"
    )
    history = run.read_json("metrics.json")
    assert history[-1]["accuracy"] > 0.8
    assert history[-1]["loss"] < history[0]["loss"]
    measured = history[-1]["usage"]["examples"]
    # 3 epochs of 180 training and 20 validation examples, 2 layers, all measured
    assert measured == ((3 * (180 + 20) + 20) * 2 if trainer == "pat" else 0)


def test_training_is_reproducible_from_its_seeds(experiment, tmp_path):
    networks = [
        run_training(experiment, tmp_path / name).read_arrays("network.npz")
        for name in ("one", "two")
    ]
    for name, array in networks[0].items():
        assert np.array_equal(array, networks[1][name])


def test_an_interruption_keeps_the_network_and_says_so(experiment, tmp_path):
    def stop(epoch):
        if epoch.number == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_training(experiment, tmp_path / "run", report=stop)
    run = Run.open(tmp_path / "run")
    assert run.manifest["status"] == "interrupted"
    assert len(run.read_json("metrics.json")) == 2
    assert run_evaluation(run).accuracy > 0.5


def test_a_failing_device_leaves_the_last_epoch(experiment, tmp_path, monkeypatch):
    calls = []

    def measure(self, inputs, params):
        calls.append(1)
        if len(calls) > 30:
            raise OSError("cable pulled")
        return np.tanh(1.1 * params * inputs).astype(np.float32)

    monkeypatch.setattr(ToyDevice, "measure", measure)
    with pytest.raises(pnn.DeviceError, match="cable pulled"):
        run_training(experiment, tmp_path / "run")
    run = Run.open(tmp_path / "run")
    assert run.manifest["status"] == "failed"
    assert "cable pulled" in run.manifest["error"]
    assert len(run.read_json("metrics.json")) >= 1


def test_the_manifest_says_what_ran_on_what(experiment, tmp_path):
    run = run_training(experiment, tmp_path / "run")
    manifest = json.loads((run.folder / "manifest.json").read_text())
    assert manifest["virtual"] is True
    assert {"python", "pnn-core", "numpy", "torch"} <= set(manifest["versions"])
    assert manifest["machine"]["cores"] >= 1
