from importlib.util import find_spec

import pytest
from pnn_optical.rig.server import OpticalRig

from pnn_core.testing import conformance


@pytest.fixture(scope="module", autouse=True)
def bench():
    """Let the device find a virtual rig by the lab file."""
    if lacking := OpticalRig.missing():
        pytest.skip(lacking)
    if find_spec("pyvisa_py") is None:
        pytest.skip("pyvisa-py is not installed: pnn-optical[lab]")
    with OpticalRig(shaper="mask", shaper_tau_s=2e-4):
        yield


@conformance("optical-shg")
def test_conformance(check):
    check()
