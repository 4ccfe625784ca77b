"""What `pnn new` does: writes a plugin, ready to install, from a template."""

from __future__ import annotations

import re
from importlib.metadata import entry_points
from importlib.resources import as_file, files
from pathlib import Path

from pnn_core.errors import PluginError, SettingError, told
from pnn_core.version import __version__


def create(name: str, into: Path, template: str | None = None) -> Path:
    """Write the plugin `name` into a new folder `pnn-<name>`, and return it.

    Args:
        name: Such as wave-tank.
        into: Where the new folder goes.
        template: A folder, or a git repository by path or address, in place of the
            template that came with pnn-core. From a repository, the project can be
            updated later.

    Raises:
        SettingError: If the name does not fit, or the folder holds something.
        PluginError: If copier is not installed, or cannot use the template.
    """
    _check_name(name)
    folder = into / f"pnn-{name}"
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SettingError(
            f"{folder} holds something already, and nothing is overwritten.\n"
            f"  Choose another name, or another place with --into."
        )
    if template is not None:
        _copy(template, folder, name)
    else:
        with as_file(files("pnn_core") / "template") as packaged:
            _copy(str(packaged), folder, name)
    return folder


def _check_name(name: str) -> None:
    """Raise unless `name` can name a plugin that is not there yet."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name) or name[:4] == "pnn-":
        raise SettingError(
            f"A plugin's name expects small letters, digits and single hyphens, and "
            f"no leading pnn-, got {name!r}.\n  Write it like wave-tank."
        )
    taken = {entry.name for entry in entry_points(group="pnn")} | {"core"}
    if name in taken:
        raise SettingError(
            f"A plugin named {name!r} is installed already.\n"
            f"  Choose another name; taken are {', '.join(sorted(taken))}."
        )


def _copy(template: str, folder: Path, name: str) -> None:
    """Fill in the template."""
    try:
        from copier import run_copy
        from copier.errors import CopierError
    except ModuleNotFoundError as error:
        raise PluginError(
            f"pnn new needs copier, which cannot be imported: {told(error)}.\n"
            f"  pip install 'pnn-core[new]'"
        ) from None
    try:
        data = {"name": name, "core_range": core_range(__version__)}
        run_copy(template, folder, data=data, defaults=True, quiet=True)
    except (CopierError, OSError, ValueError) as error:
        raise PluginError(
            f"The template {template} cannot be used: {told(error)}.\n"
            f"  Leave --template out for the one that came with pnn-core."
        ) from error


def core_range(version: str) -> str:
    """Return the versions of the core that what is written for `version` works with.

    Before 1.0 a minor version may break; from then on, a major one.
    """
    major, minor = map(int, version.split(".")[:2])
    after = f"{major}.{minor + 1}" if major == 0 else f"{major + 1}"
    return f">={major}.{minor},<{after}"


def next_steps(folder: Path, name: str) -> str:
    """Return what to type now."""
    return "\n".join(
        (
            str(folder),
            f"  cd {folder}",
            "  pip install -e '.[test]'",
            "  pytest",
            f"  pnn check {name}-bench",
            "  pnn train examples/same-side.toml",
        )
    )
