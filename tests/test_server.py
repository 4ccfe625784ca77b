"""Laws of servers: reachable while they run, and nothing of them left behind."""

import os
import sys

import pytest

import pnn_core as pnn
from pnn_core.cli.serving import parsed, serve
from pnn_core.testing import ToyDevice


class ToyServer(pnn.Server):
    """A server that says where it would be."""

    name = "toy-server"
    device = "toy"
    lacking = None
    fails = False

    def __init__(self, **settings):
        super().__init__(**settings)
        self.calls = []

    @classmethod
    def missing(cls):
        return cls.lacking

    def start(self):
        self.calls.append("start")
        if self.fails:
            raise OSError("port in use")

    def stop(self):
        self.calls.append("stop")

    def settings(self):
        return {"seed": 5}

    def environment(self):
        return {"TOY_SERVER": "here"}


class Plugin:
    @pnn.hookimpl
    def pnn_servers(self):
        return [ToyServer]


def test_while_a_server_runs_its_device_knows_the_way():
    before = dict(os.environ)
    with ToyServer():
        assert os.environ["TOY_SERVER"] == "here"
        assert ToyDevice().config.seed == 5
    assert dict(os.environ) == before
    assert ToyDevice().config.seed == 0


def test_a_server_adds_to_the_lab_file_in_force(tmp_path, monkeypatch):
    lab = tmp_path / "lab.toml"
    lab.write_text("[device.toy]\nseed = 7\nnoise_v = 0.05\n[device.other]\nport = 1")
    monkeypatch.setenv("PNN_LAB", str(lab))
    with ToyServer():
        assert ToyDevice().config.seed == 5
        assert ToyDevice().config.noise_v == 0.05
    assert os.environ["PNN_LAB"] == str(lab)
    assert ToyDevice().config.seed == 7


def test_a_server_that_cannot_start_is_stopped_and_leaves_the_environment():
    before = dict(os.environ)
    server = ToyServer()
    server.fails = True
    with pytest.raises(OSError, match="port in use"):
        server.__enter__()
    assert server.calls == ["start", "stop"]
    assert dict(os.environ) == before


def test_a_server_that_lacks_something_says_so_and_is_not_started(refusal, monkeypatch):
    monkeypatch.setattr(ToyServer, "lacking", "jackd is missing.\n  apt install jackd2")
    server = ToyServer()
    with refusal(pnn.DeviceError, "toy-server cannot run here", "apt install"):
        server.__enter__()
    assert server.calls == []


def test_a_command_runs_beside_the_server_and_gives_its_status(tmp_path):
    program = "import os, sys; sys.exit(3 if os.environ['TOY_SERVER'] == 'here' else 0)"
    with pnn.temporary_plugin(Plugin()):
        assert serve("toy-server", {}, [sys.executable, "-c", program]) == 3
    assert "TOY_SERVER" not in os.environ


def test_a_command_that_is_not_there_is_refused(refusal):
    with (
        pnn.temporary_plugin(Plugin()),
        refusal(pnn.SettingError, "no-such-command", "after --"),
    ):
        serve("toy-server", {}, ["no-such-command"])


def test_settings_on_the_command_line_are_toml_or_plain_text():
    words = ["port=5025", "freewheel=true", "server=jack", 'name="a b"', "path=/x=y"]
    assert parsed(words) == {
        "port": 5025,
        "freewheel": True,
        "server": "jack",
        "name": "a b",
        "path": "/x=y",
    }


@pytest.mark.parametrize("word", ["port", "=3"])
def test_a_setting_that_is_no_pair_is_refused(refusal, word):
    with refusal(pnn.SettingError, "--set expects key=value", repr(word)):
        parsed([word])


@pytest.mark.skipif(sys.platform == "win32", reason="signals as POSIX has them")
def test_without_a_command_it_tells_the_way_and_waits_for_an_interrupt(site):
    site.install(
        "served",
        """
        import pnn_core as pnn

        class Server(pnn.Server):
            "A server."
            name, device = "served", "toy"

            def start(self): print("started", flush=True)
            def stop(self): print("stopped", flush=True)
            def settings(self): return {"seed": 5}

        @pnn.hookimpl
        def pnn_servers():
            return [Server]
        """,
    )
    process = site.pnn("bench", "served")
    lines = [process.stdout.readline() for _ in range(3)]
    assert lines[0] == "started\n"
    assert lines[2].startswith("export PNN_LAB=")
    process.terminate()
    out, _ = process.communicate(timeout=60)
    assert out == "stopped\n"
    assert process.returncode == 130
