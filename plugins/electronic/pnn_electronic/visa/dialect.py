"""Dialects: what one family of instruments wants to be told, and how it answers.

A dialect is a TOML file. Those in `dialects/` go by the name of their file; a lab
adds its own by path. Commands may name quantities in braces: see `quantities`.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

import numpy as np
from pydantic import AfterValidator, Field, model_validator

import pnn_core as pnn
from pnn_electronic.visa.quantities import fills

__all__ = [
    "Codes",
    "Dialect",
    "DigitiserDialect",
    "ErrorQueue",
    "GeneratorDialect",
    "Poll",
]


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from None
    return pattern


Command = Annotated[str, Field(min_length=1), AfterValidator(fills)]
Pattern = Annotated[str, AfterValidator(_compiles)]


class ErrorQueue(pnn.Config):
    """How one entry is read from the error queue, and when the queue is empty."""

    query: str
    answer: Pattern = r'(?P<code>[+-]?\d+),\s*"(?P<text>.*)"'
    empty: tuple[int, ...] = (0,)

    @property
    def absolute(self) -> str:
        """The query as it may follow another in one message."""
        return self.query if self.query.startswith((":", "*")) else f":{self.query}"

    @model_validator(mode="after")
    def _names_code_and_text(self) -> ErrorQueue:
        if not {"code", "text"} <= set(re.compile(self.answer).groupindex):
            raise ValueError("answer must name the groups code and text")
        return self


class Codes(pnn.Config):
    """The binary format of samples, and the codes that mean something.

    A generator plays `low` to `high` as its lowest to its highest voltage. A
    digitiser's codes at or beyond `low` and `high` are over-range.
    """

    format: Literal["<i2", ">i2", "<u2", ">u2", "i1", "u1"]
    low: int
    high: int

    @model_validator(mode="after")
    def _ordered_and_in_format(self) -> Codes:
        limits = np.iinfo(self.format)
        if not limits.min <= self.low < self.high <= limits.max:
            raise ValueError(
                f"need {limits.min} <= low < high <= {limits.max} in {self.format}"
            )
        return self


class Poll(pnn.Config):
    """A query that is repeated until its answer, or its masked bits, are `until`."""

    query: str
    until: tuple[str, ...]
    mask: int | None = None

    def reached(self, answer: str) -> bool:
        """Return whether this answer ends the waiting."""
        value = answer if self.mask is None else str(int(answer) & self.mask)
        return value.upper() in {wanted.upper() for wanted in self.until}


class Dialect(pnn.Config):
    """What every instrument has."""

    manual: str
    idn: Pattern
    errors: ErrorQueue
    setup: tuple[Command, ...]
    record: tuple[Command, ...]
    codes: Codes
    max_points: int = Field(ge=2)
    min_points: int = Field(2, ge=1)
    granularity: int = Field(1, ge=1)

    @property
    def longest(self) -> int:
        """The longest record that the memory holds."""
        return self.max_points // self.granularity * self.granularity

    def points(self, wanted: int) -> int:
        """Return the shortest record that holds so many points."""
        points = max(wanted, self.min_points)
        return -(-points // self.granularity) * self.granularity


class GeneratorDialect(Dialect):
    """What an arbitrary waveform generator wants to be told.

    `load` is followed by the waveform as a definite-length block; `record` then
    selects it. `clear` comes first.
    """

    kind: Literal["generator"]
    clear: tuple[Command, ...] = ()
    load: Command
    on: tuple[Command, ...]
    off: tuple[Command, ...]
    trigger: tuple[Command, ...]


class DigitiserDialect(Dialect):
    """What an oscilloscope wants to be told, and how its samples become volts.

    `preamble` is answered by a list; `fields` says where in it is what:
    volts = (code - y_reference) y_increment_v + y_origin_v, at the time
    (index - x_reference) x_increment_s + x_origin_s after the trigger.
    """

    kind: Literal["digitiser"]
    arm: tuple[Command, ...]
    armed: Poll
    done: Poll
    preamble: str
    separator: str = ","
    fields: dict[
        Literal[
            "points",
            "x_increment_s",
            "x_origin_s",
            "x_reference",
            "y_increment_v",
            "y_origin_v",
            "y_reference",
        ],
        int,
    ]
    fetch: str
    hole: int | None = None

    @model_validator(mode="after")
    def _says_where_scale_is(self) -> DigitiserDialect:
        needed = {"points", "x_increment_s", "x_origin_s", "y_increment_v"}
        if missing := needed - set(self.fields):
            raise ValueError(f"fields must hold {', '.join(sorted(missing))}")
        return self
