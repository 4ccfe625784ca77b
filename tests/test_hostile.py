"""Hostile input, as a table: each is refused by name, and nothing is lost by it."""

import json
import shutil
from typing import ClassVar

import numpy as np
import pytest

import pnn_core as pnn
from pnn_core import hookimpl, plugins
from pnn_core.experiment import Experiment
from pnn_core.run import Run
from pnn_core.session import run_evaluation, run_training
from pnn_core.testing import ToyDevice, ToyPlugin

OK, MID = np.zeros((2, 4), np.float32), np.ones(4, np.float32)


class Rig(ToyDevice):
    """A toy that writes down when any of its kind is connected and disconnected."""

    calls: ClassVar[list[str]] = []

    def connect(self):
        self.calls.append("connect")
        super().connect()

    def disconnect(self):
        self.calls.append("disconnect")


@pytest.fixture(autouse=True)
def safe():
    """Require that every rig that a test connected ends up disconnected."""
    Rig.calls.clear()
    yield
    assert Rig.calls.count("connect") == Rig.calls.count("disconnect")


def told(caught, *said):
    """Assert who, what was expected, what came, and an indented way out."""
    assert isinstance(caught.value, pnn.PNNError)
    first, *rest = str(caught.value).splitlines()
    missing = [words for words in said if words not in str(caught.value)]
    assert not missing, f"{missing} not said in: {caught.value}"
    assert first[0] != " "
    assert rest, f"no way out: {caught.value}"
    assert rest[-1].startswith("  ")


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
def test_a_hostile_signal_is_refused_and_the_device_stays_usable(inputs, params, said):
    with Rig() as device:
        with pytest.raises(pnn.SignalError) as caught:
            device.run(inputs, params)
        told(caught, *said)
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
def test_a_device_that_measures_nonsense_is_refused_and_made_safe(outputs, said):
    class Broken(Rig):
        def measure(self, inputs, params):
            return outputs(inputs)

    with Broken() as device:
        with pytest.raises((pnn.DeviceError, pnn.SignalError)) as caught:
            device.run(OK, MID)
        told(caught, *said)
        assert not device.is_open
        assert Rig.calls == ["connect", "disconnect"]


def test_a_closed_device_is_refused():
    with pytest.raises(pnn.DeviceError) as caught:
        Rig().run(OK, MID)
    told(caught, "toy is not open", "with device:")


@pytest.mark.parametrize("kind", plugins.KINDS)
def test_an_unknown_component_is_refused(toy, kind):
    with pytest.raises(pnn.PluginError) as caught:
        pnn.get(kind, "tov")
    told(caught, f"No {kind} named 'tov'", "Installed: ", "pip install")


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
def test_a_hostile_setting_is_refused(settings, said):
    with pytest.raises(pnn.SettingError) as caught:
        Rig(**settings)
    told(caught, "toy cannot use these settings", *said)


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
def test_a_hostile_experiment_is_refused_with_its_path(tmp_path, text, said):
    path = tmp_path / "hostile.toml"
    path.write_text(text)
    with pytest.raises(pnn.SettingError) as caught:
        Experiment.load(path)
    told(caught, f"Experiment {path}", *said)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", "folder"])
def test_an_experiment_that_cannot_be_read_is_refused(tmp_path, content):
    path = tmp_path / "hostile.toml"
    if content == "folder":
        path.mkdir()
    elif content:
        path.write_bytes(content)
    with pytest.raises(pnn.SettingError) as caught:
        Experiment.load(path)
    told(caught, f"Experiment {path} cannot be read", "Give the path")


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
    toy, tmp_path, change, said
):
    fields = {"task": {"name": "toy"}, "device": {"name": "toy"}} | change
    experiment = Experiment.model_validate(fields)
    with pytest.raises(pnn.PNNError) as caught:
        run_training(experiment, tmp_path / "run")
    told(caught, *said)
    assert not (tmp_path / "run").exists()


class RigPlugin(ToyPlugin):
    """The toy, with its device replaced by one that keeps a diary."""

    @hookimpl
    def pnn_devices(self):
        return [Rig]


@pytest.fixture
def rig(core_alone):
    with pnn.temporary_plugin(RigPlugin(), "toy"):
        yield


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
    with pnn.temporary_plugin(ToyPlugin()):
        run_evaluation(run_training(experiment, folder))
    return folder


@pytest.fixture
def copy(trained, tmp_path):
    return shutil.copytree(trained, tmp_path / "run")


def contents(folder, besides=""):
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.name != besides}


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def emptied(path):
    path.write_bytes(b"")


def text(path):
    path.write_text("[]")


def flipped(path):
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    path.write_bytes(damaged)


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


@pytest.mark.parametrize("damage", [cut, emptied, text, flipped, pickled, bare_array])
@pytest.mark.parametrize("name", ["network.npz", "twin.npz"])
def test_damaged_arrays_are_refused_and_nothing_else_is_touched(
    rig, copy, name, damage
):
    damage(copy / name)
    before = contents(copy)
    with pytest.raises(pnn.RunError) as caught:
        run_evaluation(Run.open(copy))
    told(caught, f"{copy / name} is damaged", "train again")
    assert contents(copy) == before


@pytest.mark.parametrize("damage", [other_shape, other_type])
@pytest.mark.parametrize("name", ["network.npz", "twin.npz"])
def test_arrays_of_another_network_are_refused(rig, copy, name, damage):
    damage(copy / name)
    before = contents(copy)
    with pytest.raises(pnn.RunError) as caught:
        run_evaluation(Run.open(copy))
    told(caught, f"{copy / name} does not fit")
    assert contents(copy) == before


@pytest.mark.parametrize("damage", [cut, emptied, text])
@pytest.mark.parametrize("name", ["experiment.toml", "manifest.json"])
def test_a_damaged_run_folder_is_refused(rig, copy, name, damage):
    damage(copy / name)
    before = contents(copy)
    with pytest.raises(pnn.RunError) as caught:
        run_evaluation(Run.open(copy))
    told(caught, str(copy / name), "damaged")
    assert contents(copy) == before


@pytest.mark.parametrize("damage", [cut, emptied])
def test_damaged_metrics_are_refused_and_the_network_still_evaluates(rig, copy, damage):
    damage(copy / "metrics.json")
    run = Run.open(copy)
    with pytest.raises(pnn.RunError) as caught:
        run.read_json("metrics.json")
    told(caught, f"{copy / 'metrics.json'} is damaged")
    run_evaluation(run)


@pytest.mark.parametrize(
    "name", ["experiment.toml", "manifest.json", "network.npz", "twin.npz"]
)
def test_a_missing_file_is_named(rig, copy, name):
    (copy / name).unlink()
    with pytest.raises(pnn.RunError) as caught:
        run_evaluation(Run.open(copy))
    told(caught, str(copy), name)


def test_a_run_of_a_later_format_is_refused(copy):
    manifest = json.loads((copy / "manifest.json").read_text()) | {"format": 2}
    (copy / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(pnn.RunError) as caught:
        Run.open(copy)
    told(caught, "run format 2", "reads format 1", "Upgrade")


@pytest.mark.parametrize("name", ["nowhere", "file"])
def test_what_is_no_run_folder_is_refused(tmp_path, name):
    (tmp_path / "file").write_text("")
    with pytest.raises(pnn.RunError) as caught:
        Run.open(tmp_path / name)
    told(caught, f"{tmp_path / name} is not a run folder", "pnn train")


def test_a_folder_that_is_not_empty_is_never_written_into(rig, copy):
    before = contents(copy)
    with pytest.raises(pnn.RunError) as caught:
        run_training(Experiment.load(copy / "experiment.toml"), copy)
    told(caught, f"{copy} exists and is not empty", "Choose another")
    assert contents(copy) == before


def test_a_folder_that_cannot_be_made_is_refused(rig, copy):
    with pytest.raises(pnn.RunError) as caught:
        Run.create(copy / "manifest.json" / "run", "")
    told(caught, str(copy / "manifest.json" / "run"))


def test_a_twin_from_a_folder_that_is_none_leaves_no_run(rig, copy, tmp_path):
    experiment = Experiment.load(copy / "experiment.toml")
    with pytest.raises(pnn.RunError, match="is not a run folder"):
        run_training(experiment, tmp_path / "new", twin_from=tmp_path / "nowhere")
    assert not (tmp_path / "new").exists()


def test_a_device_that_fails_while_training_leaves_the_last_epoch(
    core_alone, copy, tmp_path
):
    class Tiring(Rig):
        def measure(self, inputs, params):
            if self.usage.runs == 8:
                raise OSError("unplugged")
            return super().measure(inputs, params)

    class Plugin(ToyPlugin):
        @hookimpl
        def pnn_devices(self):
            return [Tiring]

    experiment = Experiment.load(copy / "experiment.toml")
    trainer = experiment.trainer.model_copy(update={"epochs": 9})
    with pnn.temporary_plugin(Plugin()), pytest.raises(pnn.DeviceError) as caught:
        run_training(
            experiment.model_copy(update={"trainer": trainer}), tmp_path / "new"
        )
    told(caught, "toy failed while measuring", "OSError: unplugged")
    run = Run.open(tmp_path / "new")
    assert run.manifest["status"] == "failed"
    assert "unplugged" in run.manifest["error"]
    assert run.read_json("metrics.json")
    with pnn.temporary_plugin(RigPlugin()):
        run_evaluation(run)
