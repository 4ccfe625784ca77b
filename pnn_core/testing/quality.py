"""Levels of quality of a plugin: bronze loads, silver trains, gold is proven.

Each rule can be decided from the installed package alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from packaging.requirements import Requirement

from pnn_core import plugins
from pnn_core.testing.plugin_facts import PluginFacts

__all__ = ["LEVELS", "assess"]


def loads_without_a_fault(facts: PluginFacts) -> None:
    """Importing it, and asking it for its components, raises nothing."""
    assert not facts.faults, "; ".join(facts.faults)
    assert facts.results, "it has no components"


def lists_without_torch(facts: PluginFacts) -> None:
    """Listing it imports no torch, so that the command line stays quick."""
    assert not facts.needs_torch, "name what needs torch by pnn_core.later"


def bounds_its_core(facts: PluginFacts) -> None:
    """Its package says which versions of pnn-core it works with, from and below."""
    asked = [r for r in map(Requirement, facts.requires) if r.name == "pnn-core"]
    operators = {s.operator for r in asked for s in r.specifier}
    bounded = operators & {">=", ">", "~=", "=="} and operators & {
        "<",
        "<=",
        "~=",
        "==",
    }
    assert bounded, 'write dependencies = ["pnn-core>=0.1,<0.2"]'


def says_what_it_is(facts: PluginFacts) -> None:
    """Its package has a summary, a readme and a licence."""
    absent = [
        name for name in ("summary", "readme", "licence") if not getattr(facts, name)
    ]
    assert not absent, f"no {', no '.join(absent)} in pyproject.toml"


def conforms(facts: PluginFacts) -> None:
    """No component fails a check, and each passes some."""
    failed = [found["name"] for found in facts.results if not found["conforms"]]
    assert not failed, f"{', '.join(failed)}: run `pnn check NAME`"


def conforms_in_full(facts: PluginFacts) -> None:
    """No check had to be skipped for want of data, a server or an instrument."""
    skipped = [found["name"] for found in facts.results if found["skipped"]]
    assert not skipped, f"{', '.join(skipped)}: run `pnn check NAME` to see what lacks"


def has_a_bench_for_its_hardware(facts: PluginFacts) -> None:
    """Beside hardware there is a virtual bench, to train and test without a rig."""
    real = [d.name for d in facts.devices if not d.virtual]
    assert not real or len(real) < len(facts.devices), f"none for {', '.join(real)}"


def has_a_twin_for_each_device(facts: PluginFacts) -> None:
    """Each device has a twin of its own, rather than one learned from nothing."""
    alone = [d.name for d in facts.devices if plugins.twin_of(d) is None]
    assert not alone, f"none for {', '.join(alone)}"


def proves_its_drivers(facts: PluginFacts) -> None:
    """Each driver has passed its checks against a server that speaks its protocol."""
    served = {server.device for server in facts.servers}
    driven = {r["name"] for r in facts.results if r["conforms"] and not r["skipped"]}
    real = [d.name for d in facts.devices if not d.virtual]
    unproven = [name for name in real if name not in served & driven]
    assert not unproven, f"not {', '.join(unproven)}"


def is_typed(facts: PluginFacts) -> None:
    """Its package carries py.typed, so that type checkers read its annotations."""
    assert facts.typed, "add an empty file py.typed to the package"


LEVELS: dict[str, tuple[Callable[[PluginFacts], None], ...]] = {
    "bronze": (
        loads_without_a_fault,
        lists_without_torch,
        bounds_its_core,
        says_what_it_is,
        conforms,
    ),
    "silver": (
        conforms_in_full,
        has_a_bench_for_its_hardware,
        has_a_twin_for_each_device,
    ),
    "gold": (proves_its_drivers, is_typed),
}


def assess(facts: PluginFacts) -> dict[str, Any]:
    """Return the level a plugin has reached, and how each rule came out.

    A level counts where all of its rules and those of the levels below hold.
    """
    rows, reached, whole = [], "none", True
    for level, rules in LEVELS.items():
        for rule in rules:
            detail = ""
            try:
                rule(facts)
            except AssertionError as error:
                detail = str(error)
            whole &= not detail
            name = rule.__name__.replace("_", "-")
            rows.append({"level": level, "rule": name, "detail": detail})
        reached = level if whole else reached
    return {
        "plugin": facts.name,
        "distribution": facts.distribution,
        "level": reached,
        "rules": rows,
    }
