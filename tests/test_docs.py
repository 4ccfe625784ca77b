"""The pages say what the code does: examples run, lists are complete, links lead on."""

import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import pnn_core as pnn
from pnn_core.calibration import CalibrationConfig
from pnn_core.experiment import Experiment, NetworkConfig
from pnn_core.gradient import GradientTrainer
from pnn_core.learned_twin import LearnedTwin
from pnn_core.plugins import KINDS

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    page
    for pattern in ("*.md", "docs/**/*.md", "plugins/*/*.md")
    for page in ROOT.glob(pattern)
    if not page.is_relative_to(DOCS / "_build")
)
LANGUAGES = {"python", "toml", "console", "text"}
DIRECTIVES = {"{toctree}", "{eval-rst}", "{raw} html"}


def name_of(page):
    return str(page.relative_to(ROOT))


def blocks(page):
    """Return (info string, content) of each fenced block."""
    fenced = r"^```([^\n]*)\n(.*?)^```$"
    return re.findall(fenced, page.read_text(), re.MULTILINE | re.DOTALL)


def needed(page):
    """Return the plugins that a page's examples use."""
    if page.is_relative_to(ROOT / "plugins"):
        return [page.parent.name]
    return ["acoustic", "tasks"] if page == ROOT / "README.md" else []


def with_examples():
    """Return the pages that have examples, without those of plugins not installed."""
    return [
        page
        for page in PAGES
        if any(language == "python" for language, _ in blocks(page))
        and all(importlib.util.find_spec(f"pnn_{name}") for name in needed(page))
    ]


@pytest.mark.parametrize("page", with_examples(), ids=name_of)
def test_examples_run_as_written(page, run_page):
    """Slow for the tutorial, some ten seconds: it trains two small networks."""
    run_page(page)


def test_pages_build_offline_without_a_warning(tmp_path):
    """Slow, some ten seconds: Sphinx imports everything and renders every page."""
    command = [sys.executable, "-m", "sphinx", "-W", "-q", "-E", "-b", "html"]
    done = subprocess.run(
        [*command, "-d", tmp_path / "trees", DOCS, tmp_path / "html"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    for page in (tmp_path / "html").glob("*.html"):
        loaded = re.findall(
            r'<(?:script|link|img)[^>]*"(https?://[^"]*)', page.read_text()
        )
        assert not loaded, f"{page.name} loads {loaded}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_within_the_repository_lead_somewhere(page):
    prose = re.sub(
        r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL
    )
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        aim = (page.parent / path) if path else page
        assert aim.exists(), target
        if anchor and aim.suffix == ".md":
            assert anchor in anchors(aim), target


def anchors(page):
    """Return the anchors of a page's headings, as GitHub and MyST make them."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_block_names_a_language_that_is_known(page):
    known = LANGUAGES | DIRECTIVES
    if not page.is_relative_to(DOCS):
        known = known | {"bash", "sh", "svg"}
    assert {info for info, _ in blocks(page)} <= known


def test_every_hook_and_every_kind_is_documented():
    text = (DOCS / "hooks.md").read_text()
    for kind in KINDS:
        assert f".. autofunction:: pnn_{kind}s\n" in text
        assert f"| `{kind}` | `pnn_{kind}s` |" in text


def test_every_public_name_is_documented():
    text = (DOCS / "api.md").read_text()
    documented = re.findall(r"\.\. auto\w+:: pnn_core\.(\w+)", text)
    assert sorted(documented) == sorted(pnn.__all__)


def row(name, field):
    """Return the row of the settings' table that describes a field."""
    default = field.get_default(call_default_factory=True)
    if hasattr(default, "model_dump"):
        default = default.model_dump(exclude_unset=True)
    if field.is_required():
        shown = "required"
    else:
        shown = "none" if default is None else f"`{toml(default)}`"
    return f"| `{name}` | {shown} | {field.description} |\n"


def toml(value):
    """Return a value as it stands in a TOML file."""
    if isinstance(value, dict):
        inside = ", ".join(f"{key} = {toml(v)}" for key, v in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    return json.dumps(value)


@pytest.mark.parametrize(
    "model",
    [
        Experiment,
        NetworkConfig,
        CalibrationConfig,
        pnn.TaskConfig,
        LearnedTwin.Config,
        pnn.AffineEncoder.Config,
        GradientTrainer.Config,
    ],
    ids=lambda model: f"{model.__module__}.{model.__qualname__}",
)
def test_every_key_is_documented_with_its_default_and_meaning(model):
    table = "| key | default | meaning |\n|---|---|---|\n"
    table += "".join(row(*item) for item in model.model_fields.items())
    text = (DOCS / "experiments.md").read_text()
    assert f"{table}\n" in text, f"docs/experiments.md should hold\n\n{table}"


@pytest.mark.parametrize("kind", KINDS)
def test_settings_of_the_cores_own_components_are_documented(kind):
    text = (DOCS / "experiments.md").read_text()
    for component in pnn.components(kind).values():
        if component.plugin == "core":
            assert f'"{component.name}"' in text
            for name in component.load().Config.model_fields:
                assert f"| `{name}` |" in text


def test_every_command_is_documented():
    from pnn_core.cli.app import app

    text = (DOCS / "experiments.md").read_text()
    for command in app.registered_commands:
        name = command.name or command.callback.__name__
        assert f"| `pnn {name}" in text


def test_every_dependency_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    text = (DOCS / "decisions" / "0005-dependencies.md").read_text()
    for requirement in project["dependencies"]:
        name = re.match(r"[\w-]+", requirement)[0]
        assert f"| {name} |" in text
    for requirement in project["optional-dependencies"]["report"]:
        assert re.match(r"[\w-]+", requirement)[0] in text
