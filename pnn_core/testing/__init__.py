"""The conformance kit: what components must do, and a toy that does it.

From a plugin's tests::

    from pnn_core.testing import conformance

    @conformance("acoustic-plate-bench")
    def test_conformance(check):
        check()

or from a shell: `pnn check acoustic-plate-bench`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pnn_core.testing.checks import Check, against
from pnn_core.testing.exempt import Exempt, Missing
from pnn_core.testing.suite import checks, conformance, outcome
from pnn_core.testing.toy import ToyDevice, ToyPlugin, ToyTask

if TYPE_CHECKING:
    from pnn_core.testing.toy_twin import ToyTwin


def __getattr__(name: str) -> Any:
    if name == "ToyTwin":
        from pnn_core.testing.toy_twin import ToyTwin

        return ToyTwin
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "Check",
    "Exempt",
    "Missing",
    "ToyDevice",
    "ToyPlugin",
    "ToyTask",
    "ToyTwin",
    "against",
    "checks",
    "conformance",
    "outcome",
]
