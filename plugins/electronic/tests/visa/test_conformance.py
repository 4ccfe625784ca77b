import pytest
from pnn_electronic.visa.server import VisaServer

from pnn_core.testing import conformance


@pytest.fixture(scope="module", autouse=True)
def bench():
    """Let the device find a virtual bench by the lab file."""
    if lacking := VisaServer.missing():
        pytest.skip(lacking)
    with VisaServer():
        yield


@conformance("electronic-circuit-visa")
def test_conformance(check):
    check()
