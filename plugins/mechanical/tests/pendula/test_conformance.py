import pytest

from pnn_core.testing import conformance

pytest.importorskip("mujoco")


@conformance("mechanical-pendula-bench")
def test_conformance(check):
    check()
