from pnn_core.testing import conformance


@conformance("optical-shg-bench", "digital-linear", "optical-spectrum")
def test_conformance(check):
    check()
