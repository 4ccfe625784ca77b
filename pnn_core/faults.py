"""Faults: what is wrong with an installed plugin, why, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import Distribution

from pnn_core.errors import PluginError, told
from pnn_core.version import __version__


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


def refuse_other_core(distribution: Distribution | None) -> None:
    """Raise if a distribution asks for a version of pnn-core other than this one.

    Raises:
        IncompatibleError: Saying which versions it works with.
    """
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    for line in (distribution and distribution.requires) or ():
        needed = Requirement(line)
        if canonicalize_name(needed.name) != "pnn-core":
            continue
        if needed.marker and not needed.marker.evaluate({"extra": ""}):
            continue
        if not needed.specifier.contains(__version__, prereleases=True):
            raise IncompatibleError(
                f"works with pnn-core{needed.specifier}, this is {__version__}"
            )
