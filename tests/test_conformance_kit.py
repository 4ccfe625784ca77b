"""The kit as a whole: what is checked, how it is counted, where it is printed."""

import subprocess
import sys
from pathlib import Path

import pytest

import pnn_core as pnn
from pnn_core import hookimpl
from pnn_core.cli import check_table
from pnn_core.cli.checking import verdict
from pnn_core.later import Later
from pnn_core.plugins import KINDS
from pnn_core.testing import ToyDevice, ToyPlugin, checks, conformance, outcome
from pnn_core.testing.checks import Check, functions
from pnn_core.testing.common_checks import COMMON_CHECKS
from pnn_core.testing.everything import examine_all
from pnn_core.testing.examine import examine

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "conformance.md"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_checks_and_mutants_for_them(kind):
    assert len(functions(kind)) >= 4
    assert (HERE / f"test_conformance_{kind}s.py").exists()


def test_a_name_brings_every_kind_that_has_it(toy):
    found = checks("toy")
    assert {check.kind for check in found} == {"device", "twin", "task"}
    assert len(set(map(repr, found))) == len(found)
    assert {check.kind for check in checks("toy", "task")} == {"task"}


def test_a_device_brings_the_twin_that_it_names():
    class Rig(ToyDevice):
        """The toy in a lab."""

        name, twin, virtual = "rig", "toy", False

    class Plugin(ToyPlugin):
        @hookimpl
        def pnn_devices(self):
            return [ToyDevice, Rig]

    with pnn.temporary_plugin(Plugin()):
        twins = [check for check in checks("rig") if check.kind == "twin"]
        states = {outcome(check)["check"]: outcome(check)["state"] for check in twins}
    assert states["twin-is-differentiable"] == "passed"
    assert states["twin-points-downhill"] == "exempt"
    assert repr(twins[-1]) == "rig-twin-points-downhill"


def test_settings_reach_the_component_that_is_checked(toy):
    (check, *_) = checks("toy", "device", noise_v=0.02)
    assert check.classes[0]().config.noise_v == 0.02
    assert check.classes[0](noise_v=0.0).config.noise_v == 0.0
    assert "failed" not in {outcome(c)["state"] for c in checks("toy", noise_v=0.02)}


def test_nothing_is_no_conformance(refusal):
    with refusal(pnn.SettingError, "got none"):
        conformance()
    with refusal(pnn.PluginError, "No component named 'tooy'"):
        conformance("tooy")


def test_what_passes_no_check_does_not_conform(toy, monkeypatch):
    exempt = [c for c in checks("toy") if c.name == "task-refuses-damaged-files"]
    monkeypatch.setattr("pnn_core.testing.examine.checks", lambda *_, **__: exempt)
    found = examine("toy", lambda *_: None)
    assert (found["exempt"], found["conforms"]) == (1, False)
    assert "does not conform (0 passed, 1 exempt" in verdict(found)


def test_whatever_a_check_raises_is_a_failure():
    def failing():
        raise AssertionError("it fails")

    def crashing():
        raise OSError("unplugged")

    found = [outcome(Check("device", f, (), "x")) for f in (failing, crashing)]
    assert {r["state"] for r in found} == {"failed"}
    assert [r["detail"] for r in found] == ["it fails", "OSError: unplugged"]


@pytest.mark.parametrize(
    ("reason", "said"), [("Exempt('no such thing')", 0), ("Missing('no data')", 1)]
)
def test_only_what_is_missing_fails_where_nothing_may_be(tmp_path, reason, said):
    """Slow, two seconds: pytest is started afresh, with this repository's hooks."""
    law = tmp_path / "test_law.py"
    law.write_text(
        "from pnn_core.testing import Exempt, Missing\n"
        f"def test_law():\n    raise {reason}\n"
    )
    (tmp_path / "conftest.py").write_text((HERE.parent / "conftest.py").read_text())
    command = [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", law]
    strict = subprocess.run(
        command, capture_output=True, text=True, env={"PNN_NO_SKIPS": "1", "PATH": ""}
    )
    assert strict.returncode == said, strict.stdout
    assert reason.split("'")[1] in strict.stdout


def test_everything_is_checked_but_hardware_is_not_touched():
    class Rig(ToyDevice):
        """Hardware."""

        name, twin, virtual = "rig", "toy", False

        def connect(self):
            raise OSError("touched")

    class Plugin(ToyPlugin):
        @hookimpl
        def pnn_devices(self):
            return [ToyDevice, Rig, DeskRig]

        @hookimpl
        def pnn_encoders(self):
            return [Later("nowhere.to:Be", "lost", "Does not load.")]

        @hookimpl
        def pnn_servers(self):
            return [Desk]

    class Desk(pnn.Server):
        """Does not start."""

        name, device = "desk", "desk-rig"

        def start(self):
            raise pnn.DeviceError("The desk is on fire.\n  Leave.")

        def stop(self):
            """Do nothing."""

        def settings(self):
            return {}

    class DeskRig(Rig):
        """Hardware with a server."""

        name = "desk-rig"

    ticks = []
    with pnn.temporary_plugin(Plugin(), "rigs"):
        results = examine_all(lambda *done: ticks.append(done), "rigs")
        everything = [c for kind in KINDS for c in pnn.components(kind).values()]
    found = {(r["kind"], r["name"]): r for r in results}
    theirs = {(c.kind, c.name) for c in everything if c.plugin == "rigs"}
    assert found.keys() == theirs - {("twin", "toy")}  # which the device brings
    assert found["device", "rig"]["skipped"] > 4
    assert "pnn check rig" in str(found["device", "rig"]["checks"])
    failing = [r["name"] for r in results if not r["conforms"]]
    assert failing == ["desk-rig", "lost", "desk"]
    assert "on fire" in str(found["device", "desk-rig"]["checks"])
    assert "No module named 'nowhere'" in str(found["encoder", "lost"]["checks"])
    assert ticks[-1][0] == ticks[-1][1]
    text = check_table.as_text(results)
    assert "rig: conforms as far as it could be checked (" in text
    markdown = check_table.as_markdown(results)
    row = (
        "| `closes-twice` | Closing a closed device does nothing, and it can be opened"
    )
    assert f"{row} again. |  | skipped | passed |" in markdown


def test_the_page_lists_every_check():
    page = PAGE.read_text()
    for kind in KINDS:
        for function in (*COMMON_CHECKS, *functions(kind)):
            check = Check(kind, function, (), "")
            assert check.meaning.endswith("."), check.name
            assert f"| `{check.name}` | {check.meaning} |" in page


with pnn.temporary_plugin(ToyPlugin()):

    @conformance("toy")
    def test_the_toy_conforms(toy, check):
        check()


@conformance("affine", "learned", "pat", "in-silico", "identity")
def test_the_cores_own_components_conform(check):
    check()
