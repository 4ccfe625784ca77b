"""For each rule of quality there is a plugin that only it finds wanting."""

from dataclasses import replace
from pathlib import Path

import pytest

import pnn_core as pnn
from pnn_core.testing import ToyDevice
from pnn_core.testing.plugin_facts import PluginFacts, imports_torch, learn
from pnn_core.testing.quality import LEVELS, assess

PAGE = Path(__file__).parents[1] / "docs" / "quality.md"


class Rig(ToyDevice):
    """The toy in a lab."""

    name, twin, virtual = "rig", "toy", False


class Alone(ToyDevice):
    """A toy that nobody has modelled."""

    name = "alone"


class Desk(pnn.Server):
    """Listens for the rig's driver."""

    name, device = "desk", "rig"


PERFECT = PluginFacts(
    name="toy",
    distribution="pnn-toy 1.0",
    summary="A toy.",
    readme="# Toy",
    licence="MIT",
    requires=("numpy", "pnn-core>=0.1,<0.2"),
    typed=True,
    needs_torch=False,
    faults=(),
    devices=(ToyDevice, Rig),
    servers=(Desk,),
    results=(
        {"name": "toy", "conforms": True, "skipped": 0},
        {"name": "rig", "conforms": True, "skipped": 0},
    ),
)
FAILING = {"name": "odd", "conforms": False, "skipped": 0}
SKIPPING = {"name": "far", "conforms": True, "skipped": 3}

FLAWS = {
    "loads-without-a-fault": [{"faults": ("ImportError: no such module",)}],
    "lists-without-torch": [{"needs_torch": True}],
    "bounds-its-core": [
        {"requires": ("numpy",)},
        {"requires": ("pnn-core>=0.1",)},
        {"requires": ("pnn-core<0.2",)},
    ],
    "says-what-it-is": [{"summary": ""}, {"readme": ""}, {"licence": ""}],
    "conforms": [{"results": (*PERFECT.results, FAILING)}],
    "conforms-in-full": [{"results": (*PERFECT.results, SKIPPING)}],
    "has-a-bench-for-its-hardware": [{"devices": (Rig,)}],
    "has-a-twin-for-each-device": [{"devices": (ToyDevice, Alone)}],
    "proves-its-drivers": [{"servers": ()}],
    "is-typed": [{"typed": False}],
}


def test_every_rule_has_a_flaw_that_it_finds():
    rules = [rule.__name__ for rules in LEVELS.values() for rule in rules]
    assert [name.replace("-", "_") for name in FLAWS] == rules


def test_a_plugin_without_a_flaw_is_gold(toy):
    assert assess(PERFECT)["level"] == "gold"
    pinned = replace(PERFECT, requires=("pnn-core~=0.1.0",))
    assert assess(pinned)["level"] == "gold"


@pytest.mark.parametrize(
    ("rule", "flaw"), [(rule, flaw) for rule, found in FLAWS.items() for flaw in found]
)
def test_only_this_rule_finds_a_flaw(toy, rule, flaw):
    found = assess(replace(PERFECT, **flaw))
    broken = [row for row in found["rules"] if row["detail"]]
    assert [row["rule"] for row in broken] == [rule]
    below = {"bronze": "none", "silver": "bronze", "gold": "silver"}
    assert found["level"] == below[broken[0]["level"]]


def test_an_installed_plugin_is_judged_by_its_package(site):
    """Slow, some three seconds: the listing is tried in a fresh interpreter."""
    source = "from pnn_core.testing.toy import ToyPlugin\nplugin = ToyPlugin()\n"
    site.install("toy", source, entry=":plugin", requires="pnn-core>=0.1")
    facts = learn("toy", lambda *_: None)
    broken = [row["rule"] for row in assess(facts)["rules"] if row["detail"]]
    assert broken == ["bounds-its-core", "says-what-it-is", "is-typed"]
    assert facts.distribution == "pnn-toy 1.0"
    assert {found["name"] for found in facts.results} == {"toy"}


@pytest.mark.parametrize("module", ["torch", "numpy"])
def test_a_plugin_that_imports_torch_is_found_out(site, module):
    """Slow, two seconds: the listing is tried in a fresh interpreter."""
    source = f"import {module}\nfrom pnn_core import hookimpl\n"
    source += "@hookimpl\ndef pnn_tasks():\n    return []\n"
    site.install("odd", source)
    assert imports_torch("odd") == (module == "torch")


def test_an_unknown_plugin_is_refused(refusal):
    with refusal(pnn.PluginError, "No plugin named 'tooy'"):
        learn("tooy", lambda *_: None)


def test_the_page_lists_every_rule():
    for level, rules in LEVELS.items():
        for rule in rules:
            name, meaning = rule.__name__.replace("_", "-"), rule.__doc__
            assert f"| {level} | `{name}` | {meaning} |" in PAGE.read_text()
