"""Every check of every installed component, hardware behind its server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from pnn_core import plugins
from pnn_core.errors import PNNError
from pnn_core.plugins import KINDS, Component
from pnn_core.testing.checks import Check, against
from pnn_core.testing.examine import Tick, run
from pnn_core.testing.exempt import Missing
from pnn_core.testing.probe import overridden
from pnn_core.testing.suite import checks

__all__ = ["examine_all"]


def examine_all(tick: Tick, plugin: str | None = None) -> list[dict[str, Any]]:
    """Run every check of every component, and tell the progress.

    Hardware is driven only where a server stands in for it. Elsewhere the checks that
    would connect to it are skipped: name a device to check the one in your lab.

    Args:
        tick: Told the progress.
        plugin: Check the components of this entry point alone.
    """
    listed = [component for kind in KINDS for component in _listed(kind)]
    todo = [(c, _planned(c)) for c in listed if plugin in (None, c.plugin)]
    total, done, results = sum(len(planned) for _, planned in todo), 0, []
    for component, planned in todo:

        def told(number: int, _: int, before: int = done) -> None:
            tick(before + number, total)

        try:
            with _served(component):
                found = run(component.name, planned, told)
        except PNNError as error:  # its server did not start
            found = run(component.name, [_broken(component, error)], told)
        results.append({"kind": component.kind, **found})
        done += len(planned)
    return results


def _listed(kind: plugins.Kind) -> list[Component]:
    """Return the components of a kind, without the twins that a device brings."""
    devices = plugins.components("device") if kind == "twin" else {}
    found = sorted(plugins.components(kind).items())
    return [component for name, component in found if name not in devices]


def _planned(component: Component) -> list[Check]:
    """Return the checks of a component, or one that says why it does not load."""
    kind, name = component.kind, component.name
    try:
        found = checks(name, kind)
        cls = component.load()
        if kind != "device" or cls.virtual or _server_of(name):
            return found
    except PNNError as error:
        return [_broken(component, error)]
    twins = [check for check in found if check.kind == "twin"]
    return against(kind, _unplugged(cls)) + twins


def _broken(component: Component, error: PNNError) -> Check:
    """Return a check that fails with `error`."""

    def is_ready() -> None:
        """The component can be loaded, and its server started."""
        raise error

    return Check(component.kind, is_ready, (), component.name)


def _unplugged(cls: type[Any]) -> type[Any]:
    """Return a device that is never connected to."""

    def connect(self: Any) -> None:
        raise Missing(f"Hardware: to check yours, run `pnn check {cls.name}`.")

    return overridden(cls, connect=connect)


def _server_of(device: str) -> type[Any] | None:
    """Return a server that stands in for a device and can run on this machine."""
    for component in plugins.components("server").values():
        with suppress(PNNError):
            cls = component.load()
            if cls.device == device and cls.missing() is None:
                return cls
    return None


@contextmanager
def _served(component: Component) -> Iterator[None]:
    """Run a device's server, if it has one, for the duration of a block."""
    server = _server_of(component.name) if component.kind == "device" else None
    if server is None:
        yield
        return
    with server():
        yield
