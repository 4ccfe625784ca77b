"""The checks of one device, run by pytest or by `pnn check`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pnn_core import plugins
from pnn_core.device import Device
from pnn_core.errors import told
from pnn_core.testing.device_checks import DEVICE_CHECKS
from pnn_core.testing.exempt import Exempt
from pnn_core.testing.twin_checks import TWIN_CHECKS

__all__ = ["Check", "checks", "conformance", "outcome"]


@dataclass(frozen=True)
class Check:
    """One check of one device; call it to run it.

    Args:
        function: Raises what is wrong, or Exempt where it does not apply.
        cls: The device.
    """

    function: Callable[[type[Device]], None]
    cls: type[Device]

    @property
    def name(self) -> str:
        """What is checked, e.g. "closes-twice"."""
        return self.function.__name__.replace("_", "-")

    def __call__(self) -> None:
        """Run the check."""
        self.function(self.cls)

    def __repr__(self) -> str:
        return f"{self.cls.name}-{self.name}"


def checks(name: str) -> list[Check]:
    """Return the checks of the device called `name`, and of its twin.

    Raises:
        PluginError: If no installed plugin provides the device.
    """
    cls = plugins.get("device", name)
    return [Check(function, cls) for function in (*DEVICE_CHECKS, *TWIN_CHECKS)]


def outcome(check: Check) -> dict[str, str]:
    """Run a check, and return its name, its state and what there is to say.

    The state is "passed", "exempt" or "failed".
    """
    state, detail = "passed", ""
    try:
        check()
    except Exempt as reason:
        state, detail = "exempt", str(reason)
    except Exception as error:  # whatever a device raises is a failure
        state = "failed"
        detail = str(error) if isinstance(error, AssertionError) else told(error)
    return {"check": check.name, "state": state, "detail": detail}


def conformance(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Parametrize a pytest function over the checks of the named devices."""
    import pytest

    return pytest.mark.parametrize(
        "check", [check for name in names for check in checks(name)], ids=repr
    )
