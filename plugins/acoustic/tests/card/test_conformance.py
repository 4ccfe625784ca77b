"""The checks of every device, at the virtual plate behind a sound server."""

import pytest

from pnn_core.testing import checks, conformance

LIVE = {
    "measures-declared-shape",
    "refuses-out-of-range",
    "leaves-signals-alone",
    "closes-twice",
    "counts-usage",
}
"""Those that need the stream, and not much of it."""


@conformance("acoustic-plate")
def test_conformance(check, sound_bench):
    """Slow, up to seven seconds, for the check that calibrates a twin."""
    check()


@pytest.mark.parametrize("name", sorted(LIVE))
def test_conformance_at_a_desktops_server(name, pulse_bench):
    """Slow, some four seconds: they pass as fast as sound does."""
    (check,) = (c for c in checks("acoustic-plate") if c.name == name)
    check()
