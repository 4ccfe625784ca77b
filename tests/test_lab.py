"""Laws of the lab file: the machine's settings, under the experiment's own."""

import pytest

import pnn_core as pnn
from pnn_core.experiment import Experiment
from pnn_core.run import Run
from pnn_core.session import run_evaluation, run_training
from pnn_core.testing import ToyDevice


@pytest.fixture
def lab(tmp_path, monkeypatch):
    """Write a lab file, and let PNN_LAB name it."""

    def write(text):
        path = tmp_path / "lab.toml"
        path.write_text(text)
        monkeypatch.setenv("PNN_LAB", str(path))

    return write


def test_settings_come_from_the_class_then_the_lab_then_the_caller(lab):
    assert ToyDevice().config.seed == 0
    lab("[device.toy]\nseed = 7\nnoise_v = 0.05")
    assert ToyDevice().config.seed == 7
    assert ToyDevice(seed=3).config.seed == 3
    assert ToyDevice(seed=3).config.noise_v == 0.05


def test_a_lab_without_the_device_changes_nothing(lab):
    lab("[device.other]\nseed = 7")
    assert ToyDevice().config.seed == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[device.toy]\nsed = 7", ("toy cannot use", "did you mean 'seed'?")),
        ("[device", ("lab.toml", "cannot be read", "unset PNN_LAB")),
        ("[devices.toy]\nseed = 7", ("[device.NAME] only", "got devices")),
        ("device = 3", ("[device.NAME] only", "got device")),
        ("[device]\ntoy = 3", ("[device.NAME] only", "got device")),
    ],
)
def test_a_lab_file_that_does_not_fit_is_refused(lab, refusal, text, said):
    lab(text)
    with refusal(pnn.SettingError, *said):
        ToyDevice()


def test_a_lab_file_that_is_not_there_is_refused(monkeypatch, refusal):
    monkeypatch.setenv("PNN_LAB", "/nowhere/lab.toml")
    with refusal(pnn.SettingError, "/nowhere/lab.toml", "cannot be read"):
        ToyDevice()


def test_a_run_leaves_the_machines_settings_out_of_its_experiment(
    toy, lab, experiment_file, tmp_path
):
    lab("[device.toy]\nseed = 7")
    run_training(Experiment.load(experiment_file), tmp_path / "run")
    run = Run.open(tmp_path / "run")
    assert run.manifest["lab"] == {"seed": 7}
    resolved = Experiment.load(run.folder / "experiment.toml").device.settings
    assert "seed" not in resolved
    assert "noise_v" in resolved
    lab("[device.toy]\nseed = 8")
    assert run_evaluation(run).accuracy > 0.5


def test_what_an_experiment_says_beats_the_lab(toy, lab):
    lab("[device.toy]\nseed = 7")
    fields = {"task": {"name": "toy"}, "device": {"name": "toy", "seed": 3}}
    experiment = Experiment.model_validate(fields).resolved()
    assert experiment.device.settings["seed"] == 3
    assert experiment.build_device().config.seed == 3


def test_a_devices_own_record_is_kept_with_the_run(rig, experiment_file, tmp_path):
    rig.record = lambda self: {"latency_samples": 1024, "open": self.is_open}
    run = run_training(Experiment.load(experiment_file), tmp_path / "run")
    assert run.read_json("device.json") == {"latency_samples": 1024, "open": False}


def test_a_device_may_name_another_devices_twin(toy):
    class Rig(ToyDevice):
        name = "rig"
        twin = "toy"

    class Plugin:
        @pnn.hookimpl
        def pnn_devices(self):
            return [Rig]

    fields = {"task": {"name": "toy"}, "device": {"name": "rig"}}
    with pnn.temporary_plugin(Plugin()):
        experiment = Experiment.model_validate(fields)
        assert experiment.build_twin(experiment.build_device()).name == "toy"
