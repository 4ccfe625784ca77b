"""Dialect files: those shipped in `dialects/`, by name, and a lab's own, by path."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pnn_core import config
from pnn_core.errors import SettingError, nearest
from pnn_electronic.visa.dialect import Dialect, GeneratorDialect

__all__ = ["SHIPPED", "load", "shipped"]

SHIPPED = Path(__file__).parent / "dialects"

AnyDialect = TypeVar("AnyDialect", bound=Dialect)


def shipped() -> dict[str, dict[str, Any]]:
    """Return the contents of the shipped dialect files by name."""
    files = sorted(SHIPPED.glob("*.toml"))
    return {
        file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in files
    }


def load(model: type[AnyDialect], name: str) -> AnyDialect:
    """Return a shipped dialect by name, or a lab's own by the path of its file.

    Raises:
        SettingError: If there is no such dialect, or its file is wrong.
    """
    kind = "generator" if model is GeneratorDialect else "digitiser"
    path = (
        Path(name).expanduser() if name.endswith(".toml") else SHIPPED / f"{name}.toml"
    )
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = [n for n, held in shipped().items() if held["kind"] == kind]
        raise SettingError(
            f"No {kind} dialect {name!r}{nearest(name, known)}.\n"
            f"  Shipped: {', '.join(known)}. For another model, copy one, adapt it to "
            f"the manual,\n  and give the path of its .toml file."
        ) from None
    except (OSError, ValueError) as error:
        raise SettingError(
            f"Dialect file {path} cannot be read: {error}.\n  Correct its TOML."
        ) from None
    return config.validated(model, content, owner=f"{kind} dialect {name}")
