"""The checks of every device, at the virtual plate behind a sound server."""

from pnn_core.testing import conformance


@conformance("acoustic-plate")
def test_conformance(check, sound_bench):
    """Slow, up to seven seconds, for the check that calibrates a twin."""
    check()
