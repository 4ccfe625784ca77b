"""Fixtures: the core alone, the toy, and packages installed for one test."""

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import ClassVar

import pytest

import pnn_core as pnn
from pnn_core import hookimpl, plugins
from pnn_core.testing import ToyDevice, ToyPlugin

EXPERIMENT = """
name = "toy"
task = { name = "toy", examples = 120 }
device = { name = "toy" }
network = { layers = 2 }
calibration = { examples = 100, steps = 20 }
trainer = { name = "pat", epochs = 2, batch_size = 40, lr = 0.1 }
"""


@pytest.fixture(autouse=True)
def core_alone(monkeypatch):
    """Load no installed plugin, and leave the manager as if nothing had been used."""
    monkeypatch.setenv("PNN_PLUGINS", "")
    monkeypatch.delenv("PNN_LAB", raising=False)
    plugins.reload()
    yield
    plugins.reload()


@pytest.fixture
def toy(core_alone):
    """Install the toy."""
    with pnn.temporary_plugin(ToyPlugin(), "toy"):
        yield


@pytest.fixture
def rig(core_alone):
    """Install a toy that notes when it is connected; require that it ends safe."""

    class Rig(ToyDevice):
        calls: ClassVar[list[str]] = []

        def connect(self):
            self.calls.append("connect")
            super().connect()

        def disconnect(self):
            self.calls.append("disconnect")

    class Plugin(ToyPlugin):
        @hookimpl
        def pnn_devices(self):
            return [Rig]

    with pnn.temporary_plugin(Plugin(), "toy"):
        yield Rig
    assert Rig.calls.count("connect") == Rig.calls.count("disconnect")


@pytest.fixture
def experiment_file(tmp_path):
    """Write the toy's experiment."""
    path = tmp_path / "toy.toml"
    path.write_text(EXPERIMENT)
    return path


class Site:
    """A folder of installed packages, as pip leaves them."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.monkeypatch = folder, monkeypatch
        self.names: list[str] = []
        self.started: list[subprocess.Popen[str]] = []
        folder.mkdir()
        monkeypatch.syspath_prepend(folder)

    def install(
        self,
        name: str,
        plugin: str,
        *,
        requires: str = "pnn-core>=0.1,<0.2",
        entry: str = "",
        **modules: str,
    ) -> None:
        """Install pnn-<name>, with the source of its plugin.py and other modules."""
        package = self.folder / f"pnn_{name}"
        package.mkdir()
        for module, source in {"__init__": "", "plugin": plugin, **modules}.items():
            (package / f"{module}.py").write_text(dedent(source))
        info = self.folder / f"pnn_{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: pnn-{name}\nVersion: 1.0\n"
            f"Requires-Dist: {requires}\n"
        )
        (info / "entry_points.txt").write_text(
            f"[pnn]\n{name} = pnn_{name}.plugin{entry}\n"
        )
        self.names.append(name)
        self.choose(*self.names)

    def install_toy(self) -> None:
        """Install the toy as a package of its own."""
        source = "from pnn_core.testing.toy import ToyPlugin\nplugin = ToyPlugin()\n"
        self.install("toy", source, entry=":plugin")

    def choose(self, *names: str) -> None:
        """Set PNN_PLUGINS, and look for plugins again."""
        self.monkeypatch.setenv("PNN_PLUGINS", ",".join(names))
        importlib.invalidate_caches()
        plugins.reload()

    def pnn(self, *arguments: str, python: tuple[str, ...] = ("-m", "pnn_core")):
        """Start the command line in a process of its own."""
        path = os.pathsep.join([str(self.folder), os.environ.get("PYTHONPATH", "")])
        started = subprocess.Popen(
            [sys.executable, *python, *arguments],
            env=os.environ | {"PYTHONPATH": path, "COLUMNS": "200"},
            cwd=self.folder.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(started)
        return started


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Yield a folder to install packages in; all is forgotten afterwards."""
    site = Site(tmp_path / "site", monkeypatch)
    yield site
    for process in site.started:
        process.kill()
        process.communicate()
    for name in [n for n in sys.modules if n.split(".")[0][4:] in site.names]:
        del sys.modules[name]
    shutil.rmtree(site.folder)
