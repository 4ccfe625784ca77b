"""Name a class without importing its module: how torch stays out of a listing."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from pnn_core.errors import PluginError


@dataclass(frozen=True)
class Later:
    """A class that is read now and imported when it is needed.

    Args:
        path: "package.module:Class".
        name: The class's `name`, read from its source.
        summary: The first line of its docstring.
    """

    path: str
    name: str
    summary: str

    def load(self) -> type[Any]:
        """Import the class."""
        module, _, cls = self.path.partition(":")
        found: type[Any] = getattr(import_module(module), cls)
        return found


def later(path: str) -> Later:
    """Return the class at `path` as something that a hook may return in its place.

    Its `name` must be a string literal in the class body, since the module is only
    read, not run::

        @hookimpl
        def pnn_twins():
            return [later("pnn_acoustic.twin:PlateTwin")]

    Raises:
        PluginError: If the module or class does not exist, or its name is computed.
    """
    module, _, wanted = path.partition(":")
    for node in ast.parse(_source(module, path)).body:
        if isinstance(node, ast.ClassDef) and node.name == wanted:
            doc = (ast.get_docstring(node) or "").partition("\n")[0]
            return Later(path, _literal_name(node, path), doc)
    raise PluginError(
        f"later({path!r}) expects a class {wanted!r} at the top level of {module}, "
        f'got none.\n  Write it as "package.module:Class".'
    )


def _source(module: str, path: str) -> str:
    """Return a module's source without running the module itself."""
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:
        spec = None
    source = spec and spec.loader and getattr(spec.loader, "get_source", None)
    if not source:
        raise PluginError(
            f"later({path!r}) expects a module with source, found none at {module!r}.\n"
            f'  Write it as "package.module:Class".'
        )
    return str(source(module))


def _literal_name(node: ast.ClassDef, path: str) -> str:
    """Return the string that the class body assigns to `name`."""
    for statement in node.body:
        match statement:
            case ast.Assign(
                targets=[ast.Name(id="name")], value=ast.Constant(value=str(v))
            ):
                return v
            case ast.AnnAssign(
                target=ast.Name(id="name"), value=ast.Constant(value=str(v))
            ):
                return v
    raise PluginError(
        f"later({path!r}) expects `name` as a string literal in the class body.\n"
        f'  Add a line like name = "acoustic-plate-bench".'
    )
