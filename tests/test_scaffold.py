"""Laws of `pnn new`: what it writes holds, learns and can be updated."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import pnn_core as pnn
from pnn_core.cli.scaffold import core_range, create

ROOT = Path(__file__).parents[1]


def run(*command, cwd, **env):
    """Run a command to its end, and return what it prints."""
    threads = {"OMP_NUM_THREADS": "1", "PNN_PLUGINS": "wave-tank"}
    done = subprocess.run(
        command, cwd=cwd, env=os.environ | threads | env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Write a plugin."""
    return create("wave-tank", tmp_path_factory.mktemp("new"))


@pytest.fixture(scope="module")
def python(project, tmp_path_factory):
    """Install the plugin, offline, and return how to run Python with it."""
    site = tmp_path_factory.mktemp("site")
    install = ("-m", "pip", "install", "-q", "--disable-pip-version-check")
    offline = ("--no-index", "--no-deps", "--no-build-isolation", "--target", site)
    run(sys.executable, *install, *offline, project, cwd=project)

    def run_python(*arguments):
        path = {"PYTHONPATH": str(site)}
        return run(sys.executable, *arguments, cwd=project, **path)

    return run_python


def test_a_new_plugin_passes_its_own_tests(python):
    """Slow, some ten seconds: builds a wheel, and another Python imports torch."""
    assert "passed" in python("-m", "pytest", "-q", "-p", "no:cacheprovider")


def test_a_new_plugin_learns_what_no_network_without_its_physics_does(project, python):
    """Slow, some ten seconds: it trains twice. Chance is 0.5, of 100 test examples."""
    text = (project / "examples/same-side.toml").read_text()
    lines = []
    for name in ("pat", "identity"):
        (project / f"{name}.toml").write_text(text.replace('"pat"', f'"{name}"'))
        lines += [f"train {name}.toml --run runs/{name}", f"evaluate runs/{name}"]
    program = (
        "import sys; from pnn_core.cli.app import app\n"
        "for line in sys.argv[1:]: app(line.split(), standalone_mode=False)"
    )
    python("-c", program, *lines)

    def accuracy(name, where):
        found = json.loads((project / f"runs/{name}/evaluation.json").read_text())
        return found[where]["accuracy"]

    assert accuracy("pat", "test_device") > 0.85
    assert accuracy("identity", "test_identity") < 0.65


@pytest.mark.parametrize("command", [("check",), ("format", "--check")])
def test_a_new_plugin_is_clean(project, command):
    run(sys.executable, "-m", "ruff", *command, "--isolated", ".", cwd=project)


def test_a_new_plugin_works_with_this_core_and_not_with_the_next_that_may_break(
    project,
):
    assert (
        f'"pnn-core{core_range(pnn.__version__)}"'
        in (project / "pyproject.toml").read_text()
    )
    assert core_range("0.3.1") == ">=0.3,<0.4"
    assert core_range("2.5.0rc1") == ">=2.5,<3"


@pytest.mark.parametrize(
    "name", ["", "Wave", "wave_tank", "3d", "-x", "x-", "a--b", "pnn-wave", "../x", "ä"]
)
def test_a_name_that_cannot_be_a_plugins_is_refused(refusal, tmp_path, name):
    with refusal(pnn.SettingError, "small letters", repr(name)):
        create(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_taken_is_refused(refusal, site, tmp_path):
    site.install_toy()
    for name in ("toy", "core"):
        with refusal(pnn.SettingError, f"named '{name}' is installed already"):
            create(name, tmp_path / "new")


def test_nothing_is_overwritten(refusal, tmp_path):
    kept = tmp_path / "pnn-x/notes.txt"
    kept.parent.mkdir()
    kept.write_text("mine")
    with refusal(pnn.SettingError, "pnn-x holds something already"):
        create("x", tmp_path)
    assert [path.name for path in kept.parent.iterdir()] == ["notes.txt"]


def test_without_copier_the_way_out_is_named(refusal, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "copier", None)
    with refusal(pnn.PluginError, "needs copier", "pip install 'pnn-core[new]'"):
        create("x", tmp_path)


def test_a_template_that_is_none_leaves_nothing_behind(refusal, tmp_path):
    with refusal(pnn.PluginError, "nowhere cannot be used"):
        create("x", tmp_path / "new", str(tmp_path / "nowhere"))
    assert not (tmp_path / "new").exists()


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Return a git repository that is a template as this one is, at v1.0.0."""
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ann")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ann@example.org")
    folder = tmp_path / "repository"
    shutil.copytree(ROOT / "pnn_core/template", folder / "pnn_core/template")
    shutil.copy(ROOT / "copier.yml", folder)
    run("git", "init", "-q", cwd=folder)
    commit(folder, "v1.0.0")
    return folder


def commit(folder, tag=None):
    """Commit everything in a folder, and tag it."""
    run("git", "add", "-A", cwd=folder)
    run("git", "commit", "-q", "-m", "A change", cwd=folder)
    if tag:
        run("git", "tag", tag, cwd=folder)


def test_a_plugin_from_a_repository_is_updated_and_keeps_what_its_author_wrote(
    repository, tmp_path
):
    """Slow, some seconds: git and copier, as an author would call them."""
    mine = create("mine", tmp_path, str(repository))
    run("git", "init", "-q", cwd=mine)
    with (mine / "README.md").open("a") as readme:
        readme.write("\nMine.\n")
    commit(mine)
    template = repository / "pnn_core/template/project"
    (template / "theirs.txt.jinja").write_text("For {{ name }}\n")
    commit(repository, "v1.1.0")
    run(sys.executable, "-m", "copier", "update", "--defaults", cwd=mine)
    assert (mine / "theirs.txt").read_text() == "For mine\n"
    assert (mine / "README.md").read_text().endswith("\nMine.\n")
    assert "_commit: v1.1.0" in (mine / ".copier-answers.yml").read_text()
