"""Words: numbers, times and durations as a reader wants them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

NONE = "\N{EN DASH}"
"""Stands where nothing is known."""


def count(number: int | None) -> str:
    """Return a count with thin spaces between thousands."""
    return NONE if number is None else f"{number:,}".replace(",", "\u202f")


def share(fraction: float | None) -> str:
    """Return a fraction in percent, without the sign: 0.97314 is 97.31."""
    return NONE if fraction is None else f"{100 * fraction:.2f}"


def amount(value: float | None) -> str:
    """Return a value to three digits, or to the unit if it is large."""
    if value is None:
        return NONE
    if 1000 <= abs(value) < 1e9:
        return f"{value:,.0f}".replace(",", "\u202f")
    return f"{value:#.3g}".rstrip(".").replace("-", "\N{MINUS SIGN}")


def moment(when: datetime) -> str:
    """Return a time in UTC to the minute; a time without a zone is taken as UTC."""
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return f"{aware.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def duration(took: timedelta) -> str:
    """Return a duration in its two largest units."""
    seconds = round(took.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    if seconds < 86400:
        return f"{seconds // 3600} h {seconds % 3600 // 60} min"
    return f"{seconds // 86400} d {seconds % 86400 // 3600} h"


def short(text: str, limit: int = 14) -> str:
    """Return text on one line, cut to fit beside an axis."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
