"""One experiment, on every device that plays the circuit."""

from contextlib import nullcontext
from functools import partial
from pathlib import Path
from shutil import which

import pytest
from pnn_electronic.daq.server import DaqServer
from pnn_electronic.visa.server import VisaServer

from pnn_core.experiment import Experiment, Part
from pnn_core.session import run_evaluation, run_training

SMALL = Path(__file__).parents[1] / "examples" / "electronic-small.toml"
BAR = 0.3
"""Three times what guessing gives; 200 test images know it to 0.03."""

WAYS = {
    "bench": ("electronic-circuit-bench", nullcontext),
    "spice": ("electronic-circuit-spice", nullcontext),
    "daq": ("electronic-circuit-daq", DaqServer),
    "keysight": ("electronic-circuit-visa", partial(VisaServer, family="keysight")),
    "tektronix": ("electronic-circuit-visa", partial(VisaServer, family="tektronix")),
}
LACKING = {
    "spice": lambda: not which("ngspice") and "ngspice is not installed",
    "daq": DaqServer.missing,
    "keysight": VisaServer.missing,
    "tektronix": VisaServer.missing,
}


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("way", WAYS)
def test_it_trains_whatever_the_device_when_only_the_name_changes(way, tmp_path):
    """Seconds, ten for ngspice: 2,400 waveforms are measured, ten at a time."""
    pytest.importorskip("pnn_tasks")
    if lacks := LACKING.get(way, bool)():
        pytest.skip(lacks)
    name, server = WAYS[way]
    experiment = Experiment.load(SMALL)
    experiment = experiment.model_copy(update={"device": Part(name=name)})
    with server():
        run = run_training(experiment, tmp_path / "run")
        assert run_evaluation(run).accuracy > BAR
