"""The rig as a program of its own."""

import os
import subprocess

import pytest
from pnn_optical.rig.server import OpticalRig

import pnn_core as pnn


@pytest.fixture(autouse=True)
def _needs_client():
    if lacking := OpticalRig.missing():
        pytest.skip(lacking)


def test_stopped_rig_leaves_no_process():
    rig = OpticalRig()
    rig.start()
    pid = rig.program.process.pid
    rig.stop()
    rig.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(pnn.DeviceError, match="does not run"):
        rig.order()


def test_rig_that_dies_at_the_start_is_told(monkeypatch, refusal):
    start = subprocess.Popen
    monkeypatch.setattr(
        subprocess, "Popen", lambda words, **rest: start([*words[:-1], "{"], **rest)
    )
    with refusal(pnn.DeviceError, "optical did not answer", "JSONDecodeError"):
        OpticalRig().start()


def test_lab_file_names_the_instruments():
    with OpticalRig(pixels=40, bins=50) as rig:
        device = pnn.get("device", "optical-shg")()
        assert device.inputs.shape == (40,)
        assert device.outputs.shape == (50,)
        assert device.config.spectrometer.port == rig.ports["spectrometer"]
