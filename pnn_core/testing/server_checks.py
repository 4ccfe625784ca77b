"""What a server must do. Where it cannot be started, its checks are skipped."""

from __future__ import annotations

import os

from pnn_core import plugins
from pnn_core.lab import PNN_LAB
from pnn_core.server import Server
from pnn_core.testing.exempt import Missing
from pnn_core.testing.probe import signals

__all__ = ["SERVER_CHECKS"]


def says_what_is_missing(cls: type[Server]) -> None:
    """Where it cannot run, it says what to get; looking starts nothing."""
    lacking = cls.missing()
    assert lacking is None or lacking.strip(), f"{cls.name} lacks what it does not say"


def serves_an_installed_device(cls: type[Server]) -> None:
    """The device that reaches it is installed, and is no virtual bench."""
    known = plugins.components("device")
    assert cls.device in known, f"{cls.name} serves {cls.device!r}, not installed"
    device = known[cls.device].load()
    assert not device.virtual, f"{cls.name} serves {cls.device}, which needs no server"


def stops_when_it_does_not_run(cls: type[Server]) -> None:
    """Stopping does nothing where it was not started."""
    cls().stop()


def lets_its_device_in(cls: type[Server]) -> None:
    """Its device finds it by the lab file, and measures; it can be started again."""
    server = _startable(cls)()
    before = dict(os.environ)
    for _ in range(2):
        with server, plugins.get("device", cls.device)() as device:
            told = {PNN_LAB, *server.environment()}
            device.run(*signals(device))
        left = [name for name in told if os.environ.get(name) != before.get(name)]
        assert not left, f"{cls.name} leaves {', '.join(left)} in the environment"


def _startable(cls: type[Server]) -> type[Server]:
    """Return the server, or skip the check where it cannot run."""
    if lacking := cls.missing():
        raise Missing(lacking)
    return cls


SERVER_CHECKS = (
    says_what_is_missing,
    serves_an_installed_device,
    stops_when_it_does_not_run,
    lets_its_device_in,
)
