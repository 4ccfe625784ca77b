from pnn_core.testing import conformance


@conformance("electronic-circuit-bench")
def test_conformance(check):
    check()
