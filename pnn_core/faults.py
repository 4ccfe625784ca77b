"""Faults: what is wrong with an installed plugin, why, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from importlib.metadata import Distribution
from operator import and_
from typing import TYPE_CHECKING

from pnn_core.errors import PluginError, told
from pnn_core.version import __version__

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet


class PluginWarning(UserWarning):
    """A plugin, or a part of it, was left out."""


class IncompatibleError(Exception):
    """A plugin was built for another version of the core."""


@dataclass(frozen=True)
class Fault:
    """One thing that went wrong while loading plugins.

    Args:
        plugin: Name of the entry point.
        where: What failed: "version", "import", or the name of a hook.
        cause: The error in one line.
        remedy: The way out.
    """

    plugin: str
    where: str
    cause: str
    remedy: str

    def __str__(self) -> str:
        return f"plugin {self.plugin!r}, {self.where}: {self.cause}\n  {self.remedy}"


def fault(
    plugin: str, where: str, error: BaseException, distribution: str | None = None
) -> Fault:
    """Describe `error`, and the remedy that fits its kind."""
    package = distribution or f"the package of plugin {plugin!r}"
    match error:
        case PluginError() if where == "not installed":
            remedy = f"pip install {package}, or correct PNN_PLUGINS."
        case IncompatibleError():
            remedy = f"pip install --upgrade {package} pnn-core"
        case ModuleNotFoundError(name=str(missing)):
            remedy = (
                f"Install the package that provides {missing!r}; "
                f"{package} may have an extra for it, see its README."
            )
        case ImportError() | OSError():
            remedy = (
                f"A library that {package} needs is missing or does not fit: "
                f"install what its README lists, or reinstall it."
            )
        case _:
            remedy = f"Report it to the authors of {package}, or upgrade it."
    others = "Everything else works; PNN_PLUGINS chooses which plugins load."
    return Fault(plugin, where, told(error), f"{remedy}\n  {others}")


def core_range(distribution: Distribution | None) -> SpecifierSet | None:
    """Return the versions of pnn-core that a distribution states, or None."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    stated = [
        needed.specifier
        for needed in map(Requirement, (distribution and distribution.requires) or ())
        if canonicalize_name(needed.name) == "pnn-core"
        and (needed.marker is None or needed.marker.evaluate({"extra": ""}))
    ]
    return reduce(and_, stated) if stated else None


def refuse_other_core(distribution: Distribution | None) -> None:
    """Raise if a distribution asks for a version of pnn-core other than this one.

    A pre-release counts as what it precedes: 0.2.0rc1 is not below 0.2.

    Raises:
        IncompatibleError: Saying which versions it works with.
    """
    stated = core_range(distribution)
    if stated is not None and not stated.contains(__version__, prereleases=True):
        raise IncompatibleError(f"works with pnn-core{stated}, this is {__version__}")
