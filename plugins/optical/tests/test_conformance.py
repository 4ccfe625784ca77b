from pnn_core.testing import conformance


@conformance("optical-shg-bench")
def test_conformance(check):
    check()
