from pnn_core.testing import conformance


@conformance("fluid-tank-bench")
def test_conformance(check):
    check()
