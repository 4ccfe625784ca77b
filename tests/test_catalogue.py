"""The catalogue says of every plugin here what its package says.

`python tests/test_catalogue.py` writes the page anew.
"""

import os
import re
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

import pnn_core as pnn
from pnn_core import plugins
from pnn_core.testing import Exempt

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/catalogue.md"
PROJECTS = {
    path.parent.name: tomllib.loads(path.read_text())["project"]
    for path in sorted(ROOT.glob("plugins/*/pyproject.toml"))
}


def heading(name):
    """Return how the section about a plugin begins: what it is, how to install it."""
    project = PROJECTS[name]
    extras = ",".join(project.get("optional-dependencies", {}))
    package = project["name"] + (f"[{extras}]" if extras else "")
    return (
        f"## {name}\n\n{project['description']}\n\n"
        f"```text\npip install '{package}'\n```\n\n"
    )


def table(name):
    """Return everything that a plugin offers; it must be the one that is loaded."""
    rows = [
        f"| {what(kind, component)} | `{component.name}` | {component.summary} |\n"
        for kind in plugins.KINDS
        for component in pnn.components(kind).values()
        if component.plugin == name
    ]
    return "| | name | |\n|---|---|---|\n" + "".join(rows)


def what(kind, component):
    """Return what users call a component of this kind."""
    if kind != "device":
        return kind
    return "virtual bench" if component.load().virtual else "driver"


def sections():
    """Return the introduction, and the section of each plugin by name."""
    introduction, *rest = re.split(r"(?=^## )", PAGE.read_text(), flags=re.MULTILINE)
    return introduction, {text.split()[1]: text for text in rest}


def test_every_plugin_here_is_in_the_catalogue_and_no_other():
    assert list(sections()[1]) == list(PROJECTS)


@pytest.mark.parametrize("name", PROJECTS)
def test_the_catalogue_says_what_a_plugin_is_and_how_to_install_it(name):
    assert sections()[1][name].startswith(heading(name)), __doc__


@pytest.mark.parametrize("name", PROJECTS)
def test_the_catalogue_lists_everything_that_a_plugin_offers(monkeypatch, name):
    if find_spec(f"pnn_{name}") is None:
        raise Exempt(f"pnn-{name} is not installed here.")
    monkeypatch.setenv("PNN_PLUGINS", name)
    plugins.reload()
    found = sections()[1][name].removeprefix(heading(name)).rstrip("\n") + "\n"
    assert found == table(name), __doc__


if __name__ == "__main__":
    page = [sections()[0].rstrip("\n") + "\n"]
    for name in PROJECTS:
        os.environ["PNN_PLUGINS"] = name
        plugins.reload()
        page.append(heading(name) + table(name))
    PAGE.write_text("\n".join(page))
