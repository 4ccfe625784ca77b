from pnn_core.testing import conformance


@conformance("electronic-circuit-bench")
def test_conformance(check):
    check()


@conformance("electronic-daq", "electronic-visa", kind="server")
def test_servers_conform(check):
    """Slow, some five seconds: each is a program of its own, and is started twice."""
    check()
