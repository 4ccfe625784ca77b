"""Hostile input, as tables: each is refused by name, with a way out."""

import numpy as np
import pytest

import pnn_core as pnn
from pnn_core import plugins
from pnn_core.experiment import Experiment
from pnn_core.session import run_training

OK, MID = np.zeros((2, 4), np.float32), np.ones(4, np.float32)


def holed(value):
    signal = OK.copy()
    signal[1, 2] = value
    return signal


@pytest.mark.parametrize(
    ("inputs", "params", "said"),
    [
        (OK[:, :3], MID, ("toy.inputs", "shape [batch, 4]", "got [2, 3]")),
        (OK[0], MID, ("toy.inputs", "shape [batch, 4]", "got [4]")),
        (OK[:0], MID, ("toy.inputs", "got [0, 4]", "at least one example")),
        (OK[None], MID, ("toy.inputs", "got [1, 2, 4]")),
        (None, MID, ("toy.inputs", "real numbers", "object")),
        ("volts", MID, ("toy.inputs", "real numbers", "<U5")),
        (OK.astype(complex), MID, ("toy.inputs", "real numbers", "complex128")),
        (OK.astype(object), MID, ("toy.inputs", "real numbers", "object")),
        (OK.astype(str), MID, ("toy.inputs", "real numbers", "<U32")),
        (OK.astype(bool), MID, ("toy.inputs", "real numbers", "bool")),
        ([[0, 0, 0, 0], [0]], MID, ("toy.inputs", "one numeric array", "ragged")),
        (holed(np.nan), MID, ("toy.inputs", "finite", "[1, 2]")),
        (holed(np.inf), MID, ("toy.inputs", "finite", "[1, 2]")),
        (holed(1.01), MID, ("toy.inputs", "-1 to 1 V", "1.01 V")),
        (holed(-1e30), MID, ("toy.inputs", "-1 to 1 V", "-1e+30")),
        (OK, MID[:3], ("toy.params", "shape [4]", "got [3]")),
        (OK, MID * np.nan, ("toy.params", "finite", "got 4")),
        (OK, MID * 3, ("toy.params", "0.5 to 2 1", "3 to 3 1")),
    ],
)
def test_a_hostile_signal_is_refused_and_the_device_stays_usable(
    rig, refusal, inputs, params, said
):
    with rig() as device:
        with refusal(pnn.SignalError, *said):
            device.run(inputs, params)
        assert device.usage.runs == 0
        device.run(OK, MID)


def raising(inputs):
    raise OSError("unplugged")


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        (raising, ("toy failed while measuring 2 examples", "OSError: unplugged")),
        (lambda x: x[:1], ("toy was given 2 examples", "measured 1")),
        (lambda x: x[:, :3], ("toy.outputs", "shape [batch, 4]", "got [2, 3]")),
        (lambda x: (x, x), ("toy must measure one array", "tuple of 2")),
        (lambda x: x * np.nan, ("toy.outputs", "finite", "got 8")),
        (lambda x: x + 9, ("toy.outputs", "-2 to 2 V", "9 to 9 V")),
        (lambda x: x + 1j, ("toy.outputs", "real numbers", "complex64")),
        (lambda x: None, ("toy.outputs", "real numbers", "object")),
        (lambda x: [[0.0], [0.0, 0.0]], ("toy.outputs", "ragged")),
    ],
)
def test_a_device_that_measures_nonsense_is_refused_and_made_safe(
    rig, refusal, outputs, said
):
    class Broken(rig):
        def measure(self, inputs, params):
            return outputs(inputs)

    with Broken() as device:
        with refusal((pnn.DeviceError, pnn.SignalError), *said):
            device.run(OK, MID)
        assert not device.is_open
        assert rig.calls == ["connect", "disconnect"]


def test_a_closed_device_is_refused(rig, refusal):
    with refusal(pnn.DeviceError, "toy is not open", "with device:"):
        rig().run(OK, MID)


@pytest.mark.parametrize("kind", plugins.KINDS)
def test_an_unknown_component_is_refused(refusal, toy, kind):
    with refusal(
        pnn.PluginError, f"No {kind} named 'tov'", "Installed: ", "pip install"
    ):
        pnn.get(kind, "tov")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"noise_mv": 1}, ("noise_mv = 1", "did you mean 'noise_v'?", "seed")),
        ({"noise_v": -1}, ("noise_v = -1", "greater than or equal to 0")),
        ({"noise_v": float("nan")}, ("noise_v = nan", "finite")),
        ({"noise_v": "loud"}, ("noise_v = 'loud'", "valid number")),
        ({"seed": 0.5}, ("seed = 0.5", "integer")),
        ({"seed": None}, ("seed = None", "integer")),
    ],
)
def test_a_hostile_setting_is_refused(rig, refusal, settings, said):
    with refusal(pnn.SettingError, "toy cannot use these settings", *said):
        rig(**settings)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[device", ("not valid TOML", "Expected ']'")),
        ("\x00", ("not valid TOML",)),
        ("", ("task: required", "device: required", "Settings it knows: name, task")),
        ("task.name = 'toy'\ndevise.name = 'toy'", ("did you mean 'device'?",)),
        ("task = 'toy'\ndevice.name = 'toy'", ("task = 'toy'", "dictionary")),
        ("task.name = 3\ndevice.name = 'toy'", ("task.name = 3", "string")),
        ("task = {}\ndevice.name = 'toy'", ("task.name: required",)),
        (
            "name = '../x'\ntask.name = 'toy'\ndevice.name = 'toy'",
            ("name = '../x'", "pattern"),
        ),
        (
            "task.name = 'toy'\ndevice.name = 'toy'\nnetwork.layers = 0",
            ("network.layers = 0", "greater than or equal to 1"),
        ),
        (
            "task.name = 'toy'\ndevice.name = 'toy'\ncalibration.stepz = 0",
            ("calibration.stepz = 0", "no such setting"),
        ),
    ],
)
def test_a_hostile_experiment_is_refused_with_its_path(refusal, tmp_path, text, said):
    path = tmp_path / "hostile.toml"
    path.write_text(text)
    with refusal(pnn.SettingError, f"Experiment {path}", *said):
        Experiment.load(path)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", "folder"])
def test_an_experiment_that_cannot_be_read_is_refused(refusal, tmp_path, content):
    path = tmp_path / "hostile.toml"
    if content == "folder":
        path.mkdir()
    elif content:
        path.write_bytes(content)
    with refusal(
        pnn.SettingError, f"Experiment {path} cannot be read", "Give the path"
    ):
        Experiment.load(path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"device": {"name": "tov"}}, ("No device named 'tov'", "'toy'")),
        ({"device": {"name": "toy", "gain": 2}}, ("toy", "gain = 2", "no such")),
        ({"task": {"name": "toy", "examples": 3}}, ("toy", "examples = 3")),
        ({"twin": {"name": "tov"}}, ("No twin named 'tov'",)),
        ({"trainer": {"name": "pat", "epochs": 0}}, ("pat", "epochs = 0")),
        ({"encoder": {"name": "affine", "gain": 0}}, ("affine", "Settings it knows")),
    ],
)
def test_an_experiment_of_unknown_parts_is_refused_before_it_leaves_a_folder(
    refusal, toy, tmp_path, change, said
):
    fields = {"task": {"name": "toy"}, "device": {"name": "toy"}} | change
    experiment = Experiment.model_validate(fields)
    with refusal(pnn.PNNError, *said):
        run_training(experiment, tmp_path / "run")
    assert not (tmp_path / "run").exists()
