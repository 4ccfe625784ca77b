"""The checks of every task; where data are missing, they are skipped."""

from pnn_core.testing import conformance

TASKS = ("fashion-mnist", "mnist", "mnist-14x14", "vowels")


@conformance(*TASKS)
def test_conformance(check):
    """Slow for the pictures at full size, up to three seconds: they are read twice."""
    check()
