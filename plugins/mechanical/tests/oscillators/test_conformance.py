from pnn_core.testing import conformance


@conformance("mechanical-oscillators-bench")
def test_conformance(check):
    check()
