import pytest
import torch

import pnn_core as pnn
from pnn_core.experiment import Experiment
from pnn_core.session import run_evaluation, run_training
from pnn_core.testing import ToyPlugin

EXPERIMENT = """
name = "small"
task = {{ name = "toy" }}
device = {{ name = "{}", samples = 12, delay_samples = 3 }}
network = {{ layers = 2, readout = "window-means" }}
calibration = {{ examples = 100, steps = 50 }}
trainer = {{ name = "pat", epochs = 10, batch_size = 20, lr = 0.1 }}
"""


@pytest.fixture(autouse=True)
def toys():
    """Install the toy, and use one core."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with pnn.temporary_plugin(ToyPlugin()):
        yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("lab")
@pytest.mark.parametrize("name", ["electronic-circuit-bench", "electronic-circuit-daq"])
def test_the_same_experiment_trains_on_bench_and_board(name, tmp_path):
    """Takes seconds: a network trains on 300 batches of measurements."""
    path = tmp_path / "small.toml"
    path.write_text(EXPERIMENT.format(name))
    run = run_training(Experiment.load(path), tmp_path / "run")
    assert run_evaluation(run).accuracy > 0.9
