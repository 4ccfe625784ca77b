"""What most commands do with their argument: set a number, a word or a switch."""

from __future__ import annotations

from typing import TypeVar

from pnn_electronic.visa.bench.scpi import Handler, Reply, ScpiError, number

__all__ = ["block_data", "chooses", "only", "sets", "switches", "within"]

Value = TypeVar("Value")


def sets(owner: object, name: str, low: float, high: float) -> Handler:
    """Return a handler that sets a number."""
    return lambda argument: setattr(owner, name, number(argument, low, high))


def within(low: float, high: float) -> Handler:
    """Return a handler that accepts a number, and has nothing to change."""

    def accept(argument: bytes) -> Reply:
        number(argument, low, high)
        return None

    return accept


def chooses(owner: object, name: str, *options: str) -> Handler:
    """Return a handler that sets one of some words, kept in its short form."""
    forms = {}
    for option in options:
        short = "".join(letter for letter in option if not letter.islower())
        forms[short] = forms[option.upper()] = short

    def choose(argument: bytes) -> Reply:
        setattr(owner, name, _known(argument, forms))
        return None

    return choose


def only(*words: str) -> Handler:
    """Return a handler that accepts some words, and has nothing to change."""
    forms = {word: word for word in words}

    def accept(argument: bytes) -> Reply:
        _known(argument, forms)
        return None

    return accept


def switches(owner: object, name: str) -> Handler:
    """Return a handler that sets something on or off."""
    forms = {"ON": True, "1": True, "OFF": False, "0": False}

    def switch(argument: bytes) -> Reply:
        setattr(owner, name, _known(argument, forms))
        return None

    return switch


def block_data(argument: bytes) -> bytes:
    """Return what is in a definite-length block."""
    if argument[:1] != b"#" or not argument[1:2].isdigit():
        raise ScpiError(-161)
    start = 2 + int(argument[1:2])
    end = start + int(argument[2:start] or 0)
    if len(argument) < end or argument[end:].strip():
        raise ScpiError(-161)
    return argument[start:end]


def _known(argument: bytes, forms: dict[str, Value]) -> Value:
    given = argument.decode("latin-1").strip().upper()
    if given not in forms:
        raise ScpiError(-224, given)
    return forms[given]
