"""What components of every kind must do: say what they and their settings are."""

from __future__ import annotations

import re
from typing import Any, get_args

__all__ = ["COMMON_CHECKS"]

UNITS = (
    "hz s s2 s3 v a pa m m2 m3 k rad w j n kg t ohm siemens farad henry coulomb newton "
    "newtons watt watts joule joules tesla weber db electrons photons counts bits "
    "pixels samples steps"
)
"""Endings of a setting's name that are a unit; to a power, or after "per"."""

SCALED = (
    "khz mhz ghz thz ms us ns ps fs mv uv kv ma ua na mpa kpa mbar bar mm um nm cm km "
    "inch deg degree degrees mrad celsius degc mw kw mj g mg percent minutes hours"
)
"""Endings that are no SI unit, or a multiple of one."""

PURE = (
    "relative share part fraction ratio gain factor weight norm number exponent "
    "probability tolerance spread extinction transmission times deviations "
    "scales rate"
)
"""Words that say that a number has no unit."""


def is_documented(cls: type[Any]) -> None:
    """The class and each of its settings say what they are."""
    assert cls.__doc__, f"{cls.name}: the class has no docstring"
    silent = [n for n, f in cls.Config.model_fields.items() if not f.description]
    assert not silent, f"{cls.name}: no description of {', '.join(silent)}"


def states_units(cls: type[Any]) -> None:
    """A setting's name ends in its SI unit, or its words say that it has none.

    Whole numbers without a unit are counts and seeds; they need no words.
    """
    for name, field in cls.Config.model_fields.items():
        types = {field.annotation, *_inner(field.annotation)}
        *_, ending = name.split("_")
        if not types & {int, float}:
            continue
        assert ending not in SCALED.split(), (
            f"{cls.name}: setting {name} is in {ending}; state it in an SI unit"
        )
        said = set(re.findall("[a-z]+", f"{name} {field.description}".lower()))
        assert (
            ending in UNITS.split() or float not in types or said & set(PURE.split())
        ), (
            f"{cls.name}: setting {name} needs its unit at the end of its name, as in "
            f"{name}_hz, or a description of what it is relative to"
        )


def _inner(annotation: Any) -> set[Any]:
    """Return the types that an annotation is made of, whatever their depth."""
    inside = get_args(annotation)
    return set(inside).union(*map(_inner, inside)) if inside else set()


COMMON_CHECKS = (is_documented, states_units)
