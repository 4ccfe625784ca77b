"""The checks of one component, run by pytest or by `pnn check`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from pnn_core.plugins import Kind

__all__ = ["Check", "against", "functions"]


@dataclass(frozen=True)
class Check:
    """One check of one component; call it to run it.

    Args:
        kind: Of the component.
        function: Raises what is wrong, or Exempt, or Missing.
        classes: The component; for a twin, the device and then the twin.
        owner: The name that the check was asked for by.
    """

    kind: Kind
    function: Callable[..., None]
    classes: tuple[type[Any], ...]
    owner: str

    @property
    def name(self) -> str:
        """What is checked: "closes-twice"; with the kind, if that is no device."""
        name = self.function.__name__.replace("_", "-")
        return name if self.kind == "device" else f"{self.kind}-{name}"

    @property
    def meaning(self) -> str:
        """What is checked, in a sentence."""
        return (self.function.__doc__ or "").partition("\n")[0]

    def __call__(self) -> None:
        """Run the check."""
        self.function(*self.classes)

    def __repr__(self) -> str:
        return f"{self.owner}-{self.name}"


def functions(kind: Kind) -> tuple[Callable[..., None], ...]:
    """Return the checks of a kind, importing what they compute with."""
    module = import_module(f"pnn_core.testing.{kind}_checks")
    found: tuple[Callable[..., None], ...] = getattr(module, f"{kind.upper()}_CHECKS")
    return found


def against(kind: Kind, *classes: type[Any], owner: str | None = None) -> list[Check]:
    """Return every check of a component of `kind`, installed or not.

    Args:
        kind: Of the component.
        *classes: The component; for a twin, the device and then the twin.
        owner: The name to report; default: the component's.
    """
    from pnn_core.testing.common_checks import COMMON_CHECKS

    name = owner or classes[-1].name
    common = [Check(kind, function, classes[-1:], name) for function in COMMON_CHECKS]
    return common + [Check(kind, f, classes, name) for f in functions(kind)]
