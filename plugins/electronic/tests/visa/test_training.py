import pytest
import torch
from pnn_electronic.visa.server import VisaServer

import pnn_core as pnn
from pnn_core.experiment import Experiment
from pnn_core.session import run_evaluation, run_training
from pnn_core.testing import ToyPlugin

EXPERIMENT = """
name = "small"
task = { name = "toy" }
device = { name = "electronic-circuit-visa", samples = 4, delay_samples = 3 }
network = { layers = 1, readout = "window-means" }
calibration = { examples = 100, steps = 50 }
trainer = { name = "pat", epochs = 10, batch_size = 20, lr = 0.1 }
"""


@pytest.fixture
def toys():
    """Install the toy, and use one core."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with pnn.temporary_plugin(ToyPlugin()):
        yield
    torch.set_num_threads(threads)


def test_a_small_network_trains_through_the_instruments(toys, tmp_path):
    """Takes seconds: a process starts, and a network trains, wave by wave."""
    if lacking := VisaServer.missing():
        pytest.skip(lacking)
    path = tmp_path / "small.toml"
    path.write_text(EXPERIMENT)
    with VisaServer():
        run = run_training(Experiment.load(path), tmp_path / "run")
        assert run_evaluation(run).accuracy > 0.9
