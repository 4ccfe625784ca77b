"""Which checks an installed component has to pass, and how they end."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from unittest import SkipTest

from pnn_core import plugins
from pnn_core.device import Device
from pnn_core.errors import PluginError, SettingError, nearest, told
from pnn_core.plugins import KINDS, Kind
from pnn_core.testing.checks import Check, against, functions
from pnn_core.testing.exempt import Exempt
from pnn_core.testing.probe import preset
from pnn_core.testing.toy import ToyDevice

__all__ = ["checks", "conformance", "outcome"]


def checks(
    name: str, kind: Kind | None = None, *, on: str | None = None, **settings: Any
) -> list[Check]:
    """Return the checks of what is called `name`; a device brings its twin's.

    Args:
        name: Of an installed component.
        kind: Which of those with that name; all of them if None.
        on: The device that a twin is checked on; default: the one whose own it is,
            else the first virtual bench of the same plugin, else the toy.
        **settings: Of the component; where several have the name, of the first.

    Raises:
        PluginError: If nothing installed has the name.
    """
    kinds = [kind] if kind else [k for k in KINDS if name in plugins.components(k)]
    if not kinds:
        known = [known for k in KINDS for known in plugins.components(k)]
        raise PluginError(
            f"No component named {name!r}{nearest(name, known)}\n"
            f"  `pnn list` shows what is installed, and what is broken."
        )
    found: list[Check] = []
    for each in kinds:
        cls = preset(plugins.get(each, name), {} if found else settings)
        if each == "device":
            found += against(each, cls) + _of_its_twin(cls)
        elif each != "twin":
            found += against(each, cls)
        elif not any(check.kind == "twin" for check in found):
            found += against(each, _device_of(name, on), cls)
    return found


def _of_its_twin(device: type[Device]) -> list[Check]:
    """Return the checks of a device's own twin, all of them exempt if it has none."""
    own = plugins.twin_of(device)
    if own:
        return against("twin", device, plugins.get("twin", own), owner=device.name)
    return [Check("twin", f, (device,), device.name) for f in functions("twin")]


def _device_of(twin: str, on: str | None) -> type[Device]:
    """Return the device that a twin is checked on."""
    if on:
        return plugins.get("device", on)
    home = plugins.components("twin")[twin].plugin
    own: list[type[Device]] = []
    near: list[type[Device]] = []
    for component in plugins.components("device").values():
        with suppress(PluginError):  # another plugin's device may be broken
            device: type[Device] = component.load()
            own += [device] if plugins.twin_of(device) == twin else []
            near += [device] if device.virtual and component.plugin == home else []
    own.sort(key=lambda device: not device.virtual)
    return next(iter([*own, *near]), ToyDevice)


def outcome(check: Check) -> dict[str, str]:
    """Run a check, and return its name and meaning, its state and what there is to say.

    The state is "passed", "exempt", "skipped" or "failed".
    """
    state, detail = "passed", ""
    try:
        check()
    except Exempt as reason:
        state, detail = "exempt", str(reason)
    except SkipTest as reason:
        state, detail = "skipped", str(reason)
    except Exception as error:  # whatever a component raises is a failure
        state = "failed"
        detail = str(error) if isinstance(error, AssertionError) else told(error)
    return {
        "check": check.name,
        "meaning": check.meaning,
        "state": state,
        "detail": detail,
    }


def conformance(
    *names: str, kind: Kind | None = None, on: str | None = None, **settings: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Parametrize a pytest function over the checks of the named components.

    See `checks` for the arguments.

    Raises:
        SettingError: If nothing is named: no check is no conformance.
    """
    import pytest

    if not names:
        raise SettingError(
            "conformance() expects the name of a component, got none.\n"
            '  Write @conformance("acoustic-plate-bench").'
        )
    todo = [c for name in names for c in checks(name, kind, on=on, **settings)]
    return pytest.mark.parametrize("check", todo, ids=repr)
