from contextlib import nullcontext
from pathlib import Path

import pytest
from pnn_optical.rig.server import OpticalRig

import pnn_core as pnn
from pnn_core.experiment import Experiment, Part
from pnn_core.session import run_evaluation, run_training
from pnn_core.testing import ToyPlugin

EXAMPLES = Path(__file__).parents[2] / "examples"
SMALL = {"pixels": 20, "bins": 20}
QUICK = {"epochs": 6, "batch_size": 20, "lr": 0.05}


def on(device, experiment, **settings):
    """Return the experiment with its device's name changed."""
    settings = experiment.device.settings | settings
    part = Part(name=device, **settings)
    return experiment.model_copy(update={"device": part})


def cut(experiment):
    """Return an experiment short enough for a test: on the toy, with one layer."""
    fit = {"examples": 100, "steps": 50}
    changes = {
        "task": Part(name="toy"),
        "network": experiment.network.model_copy(update={"layers": 1}),
        "calibration": experiment.calibration.model_copy(update=fit),
        "trainer": Part(name=experiment.trainer.name, **QUICK),
    }
    return experiment.model_copy(update=changes)


@pytest.fixture
def toys(one_thread):
    """Install the toy."""
    with pnn.temporary_plugin(ToyPlugin()):
        yield


@pytest.mark.parametrize("device", ["optical-shg-bench", "optical-shg"])
def test_the_same_experiment_trains_on_bench_and_rig(device, toys, tmp_path):
    """Takes seconds: a process starts, and a network trains, spectrum by spectrum."""
    if lacking := OpticalRig.missing():
        pytest.skip(lacking)
    pytest.importorskip("pyvisa_py")
    vowels = cut(Experiment.load(EXAMPLES / "optical-vowels.toml"))
    rig = OpticalRig(shaper="mask", shaper_tau_s=2e-4, **SMALL)
    with rig if device == rig.device else nullcontext():
        run = run_training(on(device, vowels, **SMALL), tmp_path / "run")
        assert run_evaluation(run).accuracy > 0.85


@pytest.mark.parametrize("device", ["optical-shg-bench", "optical-shg"])
@pytest.mark.parametrize("name", ["optical-mnist", "optical-vowels"])
def test_settings_of_the_examples_fit_both_devices(name, device):
    pytest.importorskip("pnn_tasks")
    on(device, Experiment.load(EXAMPLES / f"{name}.toml")).resolved()
