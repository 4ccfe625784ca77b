"""Laws of plugin loading: a fault takes down its own plugin only, and is explained."""

import json
import sys

import pytest

import pnn_core as pnn
from pnn_core.run import versions
from pnn_core.testing import ToyPlugin

GOOD = """
from pnn_core import hookimpl
from pnn_core.testing import ToyDevice

class Good(ToyDevice):
    name = "good"

@hookimpl
def pnn_devices():
    return [Good]
"""

HOOK = "from pnn_core import hookimpl, later\n@hookimpl\n"

REPORT = "Report it to the authors of pnn-broken"

BROKEN = {
    "raises at import": (
        "raise RuntimeError('firmware')",
        ("import", "RuntimeError: firmware", REPORT),
    ),
    "is no Python": ("def (:", ("import", "SyntaxError", REPORT)),
    "exits at import": ("raise SystemExit(3)", ("import", "SystemExit: 3", REPORT)),
    "lacks a driver": (
        "import visa_driver",
        ("import", "No module named 'visa_driver'", "package that provides 'visa_dri"),
    ),
    "lacks a library": (
        "raise OSError('libdaq.so.1: cannot open shared object file')",
        ("import", "libdaq.so.1", "library that pnn-broken needs is missing"),
    ),
    "misspells a hook": (
        HOOK + "def pnn_device(): return []",
        (
            "hook name",
            "'pnn_device' is not a hook, did you mean 'pnn_devices'?",
            REPORT,
        ),
    ),
    "forgets the mark": (
        "def pnn_devices(): return []",
        ("hook name", "'pnn_devices' is not marked: write @hookimpl", REPORT),
    ),
    "takes arguments": (
        HOOK + "def pnn_devices(port): return []",
        ("register", "'port'", REPORT),
    ),
    "raises in a hook": (
        HOOK + "def pnn_devices(): return 1 / 0",
        ("pnn_devices", "ZeroDivisionError", "Report it"),
    ),
    "exits in a hook": (
        HOOK + "def pnn_devices(): raise SystemExit",
        ("pnn_devices", "SystemExit", "Report it"),
    ),
    "returns nothing": (
        HOOK + "def pnn_devices(): pass",
        ("pnn_devices", "NoneType", "Report it"),
    ),
    "returns no device": (
        HOOK + "def pnn_devices(): return [int]",
        (
            "pnn_devices",
            "must return subclasses of pnn_core.Device, got <class 'int'>",
            "",
        ),
    ),
    "returns a nameless device": (
        HOOK + "def pnn_devices():\n from pnn_core import Device\n return [Device]",
        ("pnn_devices", "Device must state a `name`", ""),
    ),
    "names no module for later": (
        HOOK + "def pnn_twins(): return [later('pnn_broken.nowhere:Twin')]",
        ("pnn_twins", "found none at 'pnn_broken.nowhere'", ""),
    ),
    "names no class for later": (
        HOOK + "def pnn_twins(): return [later('pnn_broken.twin:Twin')]",
        ("pnn_twins", "expects a class 'Twin'", ""),
    ),
    "computes a name for later": (
        HOOK + "def pnn_twins(): return [later('pnn_broken.twin:Computed')]",
        ("pnn_twins", "expects `name` as a string literal", ""),
    ),
    "numbers its name for later": (
        HOOK + "def pnn_twins(): return [later('pnn_broken.twin:Numbered')]",
        ("pnn_twins", "expects `name` as a string literal", ""),
    ),
    "takes a device's name": (
        GOOD,
        ("pnn_devices", "device 'good' is already provided by plugin 'broken'", ""),
    ),
}


@pytest.mark.parametrize("defect", BROKEN)
def test_a_broken_plugin_takes_only_itself_down_and_is_explained(site, defect):
    source, (where, cause, remedy) = BROKEN[defect]
    twins = "class Computed:\n    name = str(1)\nclass Numbered:\n    name = 1\n"
    site.install("broken", source, twin=twins)
    site.install("good", GOOD)
    with pytest.warns(pnn.PluginWarning):
        (fault,) = pnn.faults()
    assert "good" in pnn.components("device")
    assert fault.where == where
    assert cause in fault.cause
    assert remedy in fault.remedy
    assert "\n  Everything else works" in str(fault)
    assert fault.plugin == ("good" if source == GOOD else "broken")
    assert list(pnn.components("encoder")) == ["affine"]


def test_a_plugin_for_another_core_is_not_even_imported(site):
    site.install("broken", "raise SystemExit", requires="pnn-core>=9")
    site.install("good", GOOD)
    with pytest.warns(pnn.PluginWarning, match="'broken'"):
        (fault,) = pnn.faults()
    assert (fault.plugin, fault.where) == ("broken", "version")
    assert f"works with pnn-core>=9, this is {pnn.__version__}" in fault.cause
    assert "pip install --upgrade pnn-broken pnn-core" in fault.remedy
    assert "good" in pnn.components("device")
    assert "pnn_broken.plugin" not in sys.modules


def test_a_requirement_for_another_environment_does_not_count(site):
    site.install("good", GOOD, requires='pnn-core>=9; python_version < "3"')
    assert "good" in pnn.components("device")


def test_a_package_half_removed_does_not_disturb_listing_or_running(site):
    site.install("good", GOOD)
    (site.folder / "pnn_good-1.0.dist-info/METADATA").unlink()
    assert pnn.faults() == []
    assert "pnn-core" in versions()


def test_an_entry_point_to_nothing_is_a_fault(site):
    site.install("broken", "", entry=":plugin")
    with pytest.warns(pnn.PluginWarning, match="has no attribute 'plugin'"):
        assert [f.where for f in pnn.faults()] == ["import"]


def test_a_plugin_that_cannot_be_registered_offers_nothing(site):
    source = GOOD + "\n@hookimpl\ndef pnn_twins(port): return []\n"
    site.install("broken", source)
    with pytest.warns(pnn.PluginWarning):
        assert pnn.components("device") == {}


@pytest.mark.parametrize("failure", ["import visa_driver", "raise SystemExit"])
def test_a_class_that_cannot_be_imported_later_is_explained_when_it_is_used(
    site, failure
):
    source = HOOK + "def pnn_twins(): return [later('pnn_broken.twin:T')]"
    site.install("broken", source, twin=f"{failure}\nclass T:\n    name = 'broken'\n")
    assert "broken" in pnn.components("twin")
    with pytest.raises(pnn.PluginError) as caught:
        pnn.get("twin", "broken")
    told = str(caught.value)
    assert told.startswith("plugin 'broken', twin 'broken': ")
    assert "\n  " in told


def test_asking_for_an_unknown_name_suggests_the_nearest_and_lists_the_rest(toy):
    with pytest.raises(pnn.PluginError) as caught:
        pnn.get("device", "toyy")
    first, *rest = str(caught.value).splitlines()
    assert first == "No device named 'toyy', did you mean 'toy'?"
    assert "  Installed: toy." in rest


def test_asking_for_a_name_tells_which_plugins_were_left_out(site):
    site.install("broken", "import visa_driver")
    with (
        pytest.warns(pnn.PluginWarning),
        pytest.raises(pnn.PluginError, match=r"'broken' was left out: .*visa_driver"),
    ):
        pnn.get("device", "scope")


def test_a_fault_is_warned_of_once(site):
    site.install("broken", "import visa_driver")
    with pytest.warns(pnn.PluginWarning):
        pnn.faults()
    assert len(pnn.faults()) == 1  # a second warning would be an error


def test_pnn_plugins_chooses_some_none_or_all(site):
    site.install("good", GOOD)
    site.install_toy()
    assert set(pnn.components("device")) == {"good", "toy"}
    site.choose("good")
    assert set(pnn.components("device")) == {"good"}
    site.choose(" good ", "toy", "core")
    assert set(pnn.components("device")) == {"good", "toy"}
    site.choose()
    assert pnn.components("device") == {}
    assert "pat" in pnn.components("trainer")


def test_pnn_plugins_asking_for_what_is_not_installed_is_a_fault(site):
    site.install("good", GOOD)
    site.choose("goood", "good")
    with pytest.warns(pnn.PluginWarning):
        (fault,) = pnn.faults()
    assert (fault.plugin, fault.where) == ("goood", "not installed")
    assert "did you mean 'good'?" in fault.cause
    assert "pip install pnn-goood" in fault.remedy
    assert "good" in pnn.components("device")


def test_a_temporary_plugin_leaves_nothing_behind():
    with pnn.temporary_plugin(ToyPlugin()):
        assert "toy" in pnn.components("device")
    assert pnn.components("device") == {}
    assert pnn.faults() == []


def test_list_and_doctor_show_every_fault_and_exit_with_1(site):
    site.install("driver", "import visa_driver")
    site.install("exits", "raise SystemExit")
    site.install("newer", GOOD, requires="pnn-core>=9")
    site.install("good", GOOD)
    runs = [site.pnn(command, "--json") for command in ("list", "doctor")]
    for run in runs:
        out, err = run.communicate(timeout=60)
        found = json.loads(out)
        assert run.returncode == 1
        assert err == ""
        assert [f["plugin"] for f in found["faults"]] == ["driver", "exits", "newer"]
    states = {row["plugin"]: row["state"] for row in found["plugins"]}
    assert states["core"] == states["good"] == "ok"
    assert states["driver"] == states["exits"] == "broken"
    assert states["newer"] == "refused"
