from contextlib import nullcontext

import pytest
import torch
from pnn_optical.rig.server import OpticalRig

import pnn_core as pnn
from pnn_core.experiment import Experiment
from pnn_core.session import run_evaluation, run_training
from pnn_core.testing import ToyPlugin

EXPERIMENT = """
name = "small"
task = {{ name = "toy" }}
device = {{ name = "{}", pixels = 20, bins = 20 }}
network = {{ layers = 1, readout = "window-means" }}
calibration = {{ examples = 100, steps = 50 }}
trainer = {{ name = "pat", epochs = 4, batch_size = 20, lr = 0.1 }}
"""


@pytest.fixture
def toys():
    """Install the toy, and use one core."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with pnn.temporary_plugin(ToyPlugin()):
        yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize("name", ["optical-shg-bench", "optical-shg"])
def test_the_same_experiment_trains_on_bench_and_rig(name, toys, tmp_path):
    """Takes seconds: a process starts, and a network trains, spectrum by spectrum."""
    if lacking := OpticalRig.missing():
        pytest.skip(lacking)
    pytest.importorskip("pyvisa_py")
    path = tmp_path / "small.toml"
    path.write_text(EXPERIMENT.format(name))
    rig = OpticalRig(shaper="mask", shaper_tau_s=2e-4, pixels=20, bins=20)
    with rig if name == rig.device else nullcontext():
        run = run_training(Experiment.load(path), tmp_path / "run")
        assert run_evaluation(run).accuracy > 0.9
