"""Quantities that the commands of a dialect may name in braces."""

from __future__ import annotations

from string import Formatter

__all__ = ["fills", "quantities"]


def quantities(
    rate_hz: float, points: int, range_v: float, *, lead: int
) -> dict[str, float]:
    """Return what is filled in for a record, formatted as in Python: {rate_hz:.12g}.

    rate_hz; points; record_s and its inverse, record_hz; range_v and its tenth,
    division_v; middle_s, from the trigger to the record's middle; lead_percent, the
    part of the record before the trigger.

    Args:
        rate_hz: Samples a second.
        points: Samples in the record.
        range_v: From the lowest to the highest voltage.
        lead: Samples before the trigger.
    """
    record_s = points / rate_hz
    return {
        "rate_hz": rate_hz,
        "points": points,
        "record_s": record_s,
        "record_hz": 1 / record_s,
        "range_v": range_v,
        "division_v": range_v / 10,
        "middle_s": record_s / 2 - lead / rate_hz,
        "lead_percent": 100 * lead / points,
    }


def fills(command: str) -> str:
    """Return the command if it can be filled in.

    Raises:
        ValueError: If it names anything else.
    """
    known = quantities(1.0, 1, 1.0, lead=0)
    try:
        command.format(**known)
    except (KeyError, IndexError, ValueError):
        used = {name for _, name, _, _ in Formatter().parse(command) if name}
        unknown = ", ".join(sorted(used - set(known))) or command
        raise ValueError(
            f"cannot fill in {unknown}; there are {', '.join(known)}"
        ) from None
    return command
