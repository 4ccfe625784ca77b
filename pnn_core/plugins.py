"""Find plugins, and find components in them by kind and name.

Every plugin is fenced: whatever it raises while it is imported or asked for its
components is recorded in `faults()`, and takes only that plugin, or that one hook of
it, out of service.
"""

from __future__ import annotations

import os
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal, get_args

import pluggy

from pnn_core import builtin, hookspecs
from pnn_core.errors import PluginError, nearest, told
from pnn_core.faults import Fault, PluginWarning, fault, refuse_other_core
from pnn_core.later import Later

Kind = Literal["device", "encoder", "twin", "trainer", "task", "server"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_faults: dict[tuple[str, str], Fault] = {}


@dataclass(frozen=True)
class Component:
    """One installed device, encoder, twin, trainer, task or server.

    Args:
        kind: Which of the six.
        name: What users type to choose it.
        summary: The first line of its docstring.
        plugin: The entry point that provides it.
        source: The class, or where to import it from.
    """

    kind: Kind
    name: str
    summary: str
    plugin: str
    source: type[Any] | Later

    def load(self) -> type[Any]:
        """Return the class, imported if need be and checked.

        Raises:
            PluginError: If it cannot be imported, or is not what it says it is.
        """
        try:
            cls = self.source.load() if isinstance(self.source, Later) else self.source
        except (Exception, SystemExit) as error:  # a plugin may raise anything
            found = fault(self.plugin, f"{self.kind} {self.name!r}", error)
            raise PluginError(str(found)) from error
        return _checked(self.kind, cls)


def _checked(kind: Kind, cls: Any) -> type[Any]:
    """Return `cls` if it is a named class of `kind`."""
    base = getattr(import_module(f"pnn_core.{kind}"), kind.capitalize())
    if not (isinstance(cls, type) and issubclass(cls, base)):
        raise PluginError(
            f"pnn_{kind}s must return subclasses of pnn_core.{base.__name__}, "
            f"got {cls!r}."
        )
    if not isinstance(getattr(cls, "name", None), str):
        raise PluginError(f"{cls.__module__}.{cls.__name__} must state a `name`.")
    return cls


@cache
def manager() -> pluggy.PluginManager:
    """Return the plugin manager, loading installed plugins on first use.

    Set PNN_PLUGINS to a comma-separated list of entry-point names to load only
    those, or to the empty string to load none. The core's own components are
    always there. Set PNN_TRACE to be told on standard error what is loaded, which
    hooks are called, and what each plugin answers.
    """
    pm = pluggy.PluginManager("pnn")
    if os.environ.get("PNN_TRACE", "") not in ("", "0"):
        pm.trace.root.setwriter(lambda line: print(line, end="", file=sys.stderr))
    pm.add_hookspecs(hookspecs)
    pm.register(builtin, name="core")
    installed = sorted(entry_points(group="pnn"), key=lambda entry: entry.name)
    for entry in _chosen(installed):
        _load(pm, entry)
    return pm


def _chosen(installed: list[EntryPoint]) -> list[EntryPoint]:
    """Return the entry points that PNN_PLUGINS asks for; all where it is not set."""
    switch = os.environ.get("PNN_PLUGINS")
    if switch is None:
        return installed
    wanted = {name.strip() for name in switch.split(",")} - {"", "core"}
    known = {entry.name for entry in installed}
    for name in sorted(wanted - known):
        error = PluginError(f"PNN_PLUGINS asks for it{nearest(name, known)}")
        _note(fault(name, "not installed", error, f"pnn-{name}"))
    return [entry for entry in installed if entry.name in wanted]


def _load(pm: pluggy.PluginManager, entry: EntryPoint) -> None:
    """Import and register one plugin, or record why that is not possible."""
    distribution = getattr(entry, "dist", None)
    release = f"{distribution.name} {distribution.version}" if distribution else "?"
    pm.trace(f"load {entry.name!r}: {entry.value} of {release}")
    where = "version"
    try:
        refuse_other_core(distribution)
        where = "import"
        plugin = entry.load()
        where = "register"
        pm.register(plugin, name=entry.name)
        where = "hook name"
        _refuse_misspelt(plugin)
        pm.check_pending()
    except (Exception, SystemExit) as error:  # a plugin may raise anything
        if where == "hook name":
            pm.unregister(name=entry.name)
        pm.trace(f"load {entry.name!r}: {where} failed: {told(error)}")
        _note(fault(entry.name, where, error, distribution and distribution.name))


def _refuse_misspelt(plugin: object) -> None:
    """Raise if a plugin marks, or names, as a hook what is none, or marks none."""
    known = {f"pnn_{kind}s" for kind in KINDS}
    for name in (n for n in dir(plugin) if callable(getattr(plugin, n, None))):
        marked = hasattr(getattr(plugin, name), "pnn_impl")
        if name in known and not marked:
            raise PluginError(f"{name!r} is not marked: write @hookimpl above it")
        if name not in known and (marked or re.fullmatch("pnn_[a-z]+s", name)):
            raise PluginError(f"{name!r} is not a hook{nearest(name, known)}")


def _note(found: Fault) -> None:
    """Remember a fault, and warn of it once."""
    key = (found.plugin, found.where)
    if _faults.setdefault(key, found) is found:
        warnings.warn(str(found), PluginWarning, stacklevel=3)


def components(kind: Kind) -> dict[str, Component]:
    """Return every installed component of `kind`, by name, without importing torch.

    Of two with one name the first keeps it, in the order core, then plugins by
    name; the other is left out and recorded in `faults()`.
    """
    hook = f"pnn_{kind}s"
    found: dict[str, Component] = {}
    implementations = getattr(manager().hook, hook).get_hookimpls()
    trace = manager().trace
    for impl in implementations:
        asked = f"{impl.plugin_name!r}.{hook}()"
        try:
            for source in impl.function():
                component = _component(kind, source, impl.plugin_name)
                trace(f"{asked} offers {component.name!r}")
                other = found.setdefault(component.name, component)
                if other is not component:
                    raise PluginError(
                        f"{kind} {component.name!r} is already provided by plugin "
                        f"{other.plugin!r}: rename this one, or leave a plugin out"
                    )
        except (Exception, SystemExit) as error:  # a plugin may raise anything
            trace(f"{asked} failed: {told(error)}")
            _note(fault(impl.plugin_name, hook, error))
    return found


def _component(kind: Kind, source: Any, plugin: str) -> Component:
    """Describe what a hook returned."""
    if isinstance(source, Later):
        return Component(kind, source.name, source.summary, plugin, source)
    cls = _checked(kind, source)
    summary = (cls.__doc__ or "").strip().partition("\n")[0]
    return Component(kind, cls.name, summary, plugin, cls)


def faults() -> list[Fault]:
    """Ask every plugin for everything it has, and return what went wrong so far."""
    for kind in KINDS:
        components(kind)
    return list(_faults.values())


def get(kind: Kind, name: str) -> type[Any]:
    """Return the component class of `kind` called `name`.

    Raises:
        PluginError: If no installed plugin provides it, or it cannot be imported.
    """
    found = components(kind)
    if name in found:
        return found[name].load()
    broken = "".join(f"\n  {f.plugin!r} was left out: {f.cause}" for f in faults())
    raise PluginError(
        f"No {kind} named {name!r}{nearest(name, found)}\n"
        f"  Installed: {', '.join(sorted(found)) or 'none'}.\n"
        f"  More plugins: pip install pnn-<name>; then check with `pnn list`.{broken}"
    )


def twin_of(device: type[Any] | Any) -> str | None:
    """Return the name of a device's own twin, or None where none is installed."""
    name = device.twin or device.name
    return name if name in components("twin") else None


@contextmanager
def temporary_plugin(plugin: object, name: str | None = None) -> Iterator[None]:
    """Register `plugin` for the duration of a `with` block, e.g. in a test."""
    registered = manager().register(plugin, name=name)
    try:
        yield
    finally:
        manager().unregister(plugin)
        for key in [key for key in _faults if key[0] == registered]:
            del _faults[key]


def reload() -> None:
    """Forget what was loaded, so that the next use looks for plugins again."""
    manager.cache_clear()
    _faults.clear()
