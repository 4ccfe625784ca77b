"""Laws of trust: who is refused and why, what is listed, and what can be watched."""

import json
import sys
from pathlib import Path

import pytest

import pnn_core as pnn
from pnn_core.cli.listing import as_text, inventory
from pnn_core.faults import IncompatibleError

HOOK = "from pnn_core import hookimpl\n@hookimpl\n"
EMPTY = HOOK + "def pnn_devices(): return []\n"
BROKEN = EMPTY + "@hookimpl\ndef pnn_tasks(): return 1 / 0\n"


@pytest.mark.parametrize(
    ("core", "requires", "fits"),
    [
        ("0.1.0", "pnn-core>=0.1,<0.2", True),
        ("0.1.7", "pnn-core>=0.1,<0.2", True),
        ("0.2.0", "pnn-core>=0.1,<0.2", False),
        ("0.0.9", "pnn-core>=0.1,<0.2", False),
        ("0.1.1rc1", "pnn-core>=0.1,<0.2", True),
        ("0.2.0rc1", "pnn-core>=0.1,<0.2", False),
        ("0.1.0.dev3", "pnn-core>=0.1,<0.2", False),
        ("0.2.0rc1", "pnn-core>=0.2.0rc1,<0.3", True),
        ("0.1.0+cu12", "pnn-core>=0.1,<0.2", True),
        ("0.2.0", "PNN_Core[report] (>=0.1,<0.2)", False),
        ("0.2.0", "pnn.core~=0.1.0", False),
        ("0.2.0", "pnn-core-extras<0.1", True),
        ("0.2.0", "numpy<0.1", True),
        ("0.2.0", 'pnn-core<0.2; extra == "old"', True),
        ("0.2.0", "pnn-core", True),
        ("0.2.0", "pnn-core @ file:///src/pnn", True),
    ],
)
def test_a_plugin_is_refused_exactly_outside_the_core_versions_it_states(
    site, monkeypatch, core, requires, fits
):
    module = sys.modules[IncompatibleError.__module__]
    monkeypatch.setattr(module, "__version__", core)
    site.install("lamp", EMPTY, requires=requires)
    if fits:
        assert pnn.faults() == []
        return
    with pytest.warns(pnn.PluginWarning):
        (fault,) = pnn.faults()
    assert fault.where == "version"
    assert "works with pnn-core" in fault.cause
    assert fault.cause.endswith(f"this is {core}")
    assert "pnn_lamp.plugin" not in sys.modules


def test_of_two_stated_ranges_both_hold(site):
    two = "pnn-core>=0.1\nRequires-Dist: pnn-core<0.1"
    site.install("lamp", EMPTY, requires=two)
    with pytest.warns(pnn.PluginWarning, match="works with pnn-core"):
        assert len(pnn.faults()) == 1


def test_metadata_that_cannot_be_read_are_a_fault_and_still_listed(site):
    site.install("lamp", EMPTY, requires="pnn-core >< 1")
    with pytest.warns(pnn.PluginWarning, match="InvalidRequirement"):
        rows = {row["plugin"]: row for row in inventory()["plugins"]}
    assert rows["lamp"]["state"] == "refused"
    assert rows["lamp"]["requires_core"] is None


def test_every_installed_plugin_is_listed_with_its_origin_and_state(site):
    site.install("good", EMPTY)
    site.install("broken", BROKEN, requires="numpy")
    site.install("newer", EMPTY, requires="pnn-core>=9")
    site.install("idle", EMPTY)
    site.choose("good", "broken", "newer")
    with pytest.warns(pnn.PluginWarning):
        rows = {row.pop("plugin"): row for row in inventory()["plugins"]}
    assert rows["good"] == {
        "distribution": "pnn-good",
        "version": "1.0",
        "requires_core": "<0.2,>=0.1",
        "state": "ok",
        "hooks": ["pnn_devices"],
        "components": 0,
    }
    assert rows["broken"]["state"] == "broken"
    assert rows["broken"]["hooks"] == ["pnn_devices", "pnn_tasks"]
    assert rows["broken"]["requires_core"] is None
    assert rows["newer"]["state"] == "refused"
    assert rows["newer"]["hooks"] == rows["idle"]["hooks"] == []
    assert rows["idle"]["state"] == "left out"
    assert rows["core"]["distribution"] == "pnn-core"
    assert rows["core"]["version"] == pnn.__version__
    assert "pnn_trainers" in rows["core"]["hooks"]


@pytest.mark.parametrize("switch", ["--trace", "PNN_TRACE"])
def test_a_trace_tells_what_is_loaded_asked_and_answered(site, monkeypatch, switch):
    site.install("broken", BROKEN)
    site.install("newer", EMPTY, requires="pnn-core>=9")
    site.install_toy()
    if switch == "PNN_TRACE":
        monkeypatch.setenv("PNN_TRACE", "1")
    options = [switch] if switch == "--trace" else []
    out, err = site.pnn(*options, "list", "--json").communicate(timeout=60)
    assert {f["plugin"] for f in json.loads(out)["faults"]} == {"broken", "newer"}
    told = err.splitlines()
    for line in (
        "load 'toy': pnn_toy.plugin:plugin of pnn-toy 1.0",
        "load 'newer': version failed: IncompatibleError: works with",
        "'toy'.pnn_devices() offers 'toy'",
        "'core'.pnn_trainers() offers 'pat'",
        "'broken'.pnn_tasks() failed: ZeroDivisionError: division by zero",
    ):
        assert any(said.startswith(line) for said in told), err


@pytest.mark.parametrize("switch", ["", "0"])
def test_without_the_switch_nothing_is_told(site, capsys, monkeypatch, switch):
    monkeypatch.setenv("PNN_TRACE", switch)
    site.install_toy()
    assert "toy" in pnn.components("device")
    assert capsys.readouterr() == ("", "")


def test_the_page_on_versions_shows_what_is_said_of_a_refused_plugin(site):
    site.install("newer", EMPTY, requires="pnn-core>=0.9,<0.10")
    with pytest.warns(pnn.PluginWarning):
        told = as_text(inventory())
    page = Path(__file__).parents[1] / "docs/versions.md"
    shown = told[told.index("broken (1)") :].replace(pnn.__version__, "0.1.0")
    assert f"```text\n{shown}\n```" in page.read_text()
