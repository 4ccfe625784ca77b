"""For each check of servers there are servers that only it catches."""

from typing import ClassVar

import pytest
from pydantic import Field

import pnn_core as pnn
from pnn_core import hookimpl
from pnn_core.testing import ToyDevice, ToyPlugin, against, outcome


class Rig(ToyDevice):
    """Amplifiers behind a port, which must be listened at."""

    name = "toy-rig"
    virtual = False
    listening: ClassVar[set[int]] = set()

    class Config(ToyDevice.Config):
        port: int = Field(1, ge=1, description="Where the amplifiers are.")

    def connect(self):
        if self.config.port not in self.listening:
            raise pnn.DeviceError("Nobody listens.\n  Start the server.")
        super().connect()


class Desk(pnn.Server):
    """Listens at port 7."""

    name = "toy-desk"
    device = "toy-rig"

    def start(self):
        Rig.listening.add(7)

    def stop(self):
        Rig.listening.discard(7)

    def settings(self):
        return {"port": 7}


class Nameless(Desk):
    """Has a setting that says nothing."""

    class Config(pnn.Config):
        channels: int = 3


class Unitless(Desk):
    """Has a delay without a unit."""

    class Config(pnn.Config):
        delay: float = Field(0.0, description="Of its answers.")


class Mute(Desk):
    """Lacks something."""

    @classmethod
    def missing(cls):
        return " "


class Aside(Desk):
    """Serves a device that needs no server."""

    device = "toy"

    def settings(self):
        return {}


class Hasty(Desk):
    """Stops only what runs."""

    def stop(self):
        Rig.listening.remove(7)


class Lost(Desk):
    """Tells another port than it listens at."""

    def settings(self):
        return {"port": 8}


class Worn(Desk):
    """Can be started once."""

    started = False

    def start(self):
        if self.started:
            raise pnn.DeviceError("It is worn out.\n  Build another.")
        self.started = True
        super().start()


class Sticky(Desk):
    """Forgets to take back what it announced."""

    def __exit__(self, *exc_info):
        self._before.pop("PNN_LAB", None)
        super().__exit__(*exc_info)


MUTANTS = {
    "server-is-documented": [Nameless],
    "server-states-units": [Unitless],
    "server-says-what-is-missing": [Mute],
    "server-serves-an-installed-device": [Aside],
    "server-stops-when-it-does-not-run": [Hasty],
    "server-lets-its-device-in": [Lost, Worn, Sticky],
}


class Plugin(ToyPlugin):
    """The toy, and a rig with amplifiers."""

    @hookimpl
    def pnn_devices(self):
        return [ToyDevice, Rig]


@pytest.fixture(autouse=True)
def rig(core_alone, monkeypatch):
    """Install the rig."""
    monkeypatch.setenv("PNN_LAB", "")
    monkeypatch.delenv("PNN_LAB")
    with pnn.temporary_plugin(Plugin()):
        yield
    Rig.listening.clear()


def test_every_check_has_a_server_that_it_catches():
    assert list(MUTANTS) == [check.name for check in against("server", Desk)]


@pytest.mark.parametrize(
    ("name", "server"),
    [(name, cls) for name, found in MUTANTS.items() for cls in found],
)
def test_only_this_check_catches_a_server(name, server):
    ended = [outcome(check) for check in against("server", server)]
    assert {r["check"] for r in ended if r["state"] == "failed"} == {name}


def test_a_server_that_cannot_run_here_is_skipped():
    class Elsewhere(Desk):
        """Runs on other machines."""

        @classmethod
        def missing(cls):
            return "jackd is not installed: apt install jackd2"

    ended = {r["check"]: r for r in map(outcome, against("server", Elsewhere))}
    assert ended["server-lets-its-device-in"]["state"] == "skipped"
    assert "apt install" in ended["server-lets-its-device-in"]["detail"]
