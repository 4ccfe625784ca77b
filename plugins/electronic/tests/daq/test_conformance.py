import pytest

from pnn_core.testing import conformance

pytestmark = pytest.mark.usefixtures("lab")


@conformance("electronic-circuit-daq")
def test_conformance(check):
    check()
