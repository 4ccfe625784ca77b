"""Runs the examples of a page as a reader would: in order, in a folder of their own.

- python: executed; blocks of one page share their names.
- python and toml that begin with a comment naming a file: written to that file, and
  the former executed as a script.
- console: lines after "$ " are run, and what they print is compared; "..." stands for
  anything. `pip install -e .` only makes the entry points of pyproject.toml known.
"""

import doctest
import gc
import io
import os
import re
import runpy
import shlex
import signal
import sys
import threading
import tomllib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, redirect_stdout
from pathlib import Path

import pytest

from pnn_core import plugins
from pnn_core.errors import PNNError
from pnn_core.testing.exempt import Exempt

ROOT = Path(__file__).parent

# A shell lets what it starts in the background ignore Ctrl-C, and so would programs
# that tests start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


def _file_of(block: str) -> Path | None:
    """Return the file that a block says it is, or None."""
    named = re.match(r"# ([\w./-]+\.(?:py|toml))\n", block)
    return Path(named[1]) if named else None


def _save(block: str) -> Path | None:
    """Write a block to the file that it names."""
    path = _file_of(block)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block)
    return path


def _install() -> None:
    """Make the plugin in this folder known, as an editable install would."""
    project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
    info = Path(f"{project['name'].replace('-', '_')}-{project['version']}.dist-info")
    info.mkdir()
    metadata = {"Metadata-Version": "2.1", "Name": project["name"]}
    metadata |= {"Version": project["version"]}
    lines = [f"{key}: {value}" for key, value in metadata.items()]
    lines += [f"Requires-Dist: {needed}" for needed in project["dependencies"]]
    (info / "METADATA").write_text("\n".join(lines) + "\n")
    entries = project["entry-points"]["pnn"]
    lines = [f"{name} = {value}" for name, value in entries.items()]
    (info / "entry_points.txt").write_text("[pnn]\n" + "\n".join(lines) + "\n")
    os.environ["PNN_PLUGINS"] = ",".join(entries)
    plugins.reload()


def _command(line: str) -> str:
    """Run one command, and return what it prints."""
    from pnn_core.cli.app import app

    if line == "pip install -e .":
        _install()
        return ""
    program, *arguments = shlex.split(line)
    assert program == "pnn", f"only pnn is run here, not {program}"
    with redirect_stdout(io.StringIO()) as printed:
        status = app(arguments, standalone_mode=False)
    assert not status, f"{line!r} exits with status {status}"
    return printed.getvalue()


def _console(block: str) -> str:
    """Run a console block; return what is wrong with it, if anything."""
    for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        line, _, wanted = step.partition("\n")
        got, checker = _command(line), doctest.OutputChecker()
        if not checker.check_output(wanted, got, doctest.ELLIPSIS):
            return f"$ {line}\nshould print\n{wanted}\nand prints\n{got}"
    return ""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Iterator[None]:
    """Fail what is skipped for want of something, where PNN_NO_SKIPS is set.

    A check that a component is exempt from lacks nothing.
    """
    exempt = call.excinfo and call.excinfo.errisinstance(Exempt)  # pytest replaces it
    report = yield
    lacking = report.skipped and call.excinfo and not exempt
    if lacking and not hasattr(report, "wasxfail") and os.environ.get("PNN_NO_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"nothing may be missing here: {call.excinfo.value}"
    return report


@pytest.fixture
def refusal() -> Callable[..., AbstractContextManager[pytest.ExceptionInfo]]:
    """Return a context that expects a PNNError that says some words, and a way out."""

    @contextmanager
    def expect(family: type[PNNError], *said: str) -> Iterator[pytest.ExceptionInfo]:
        with pytest.raises(family) as caught:
            yield caught
        message = str(caught.value)
        first, *rest = message.splitlines()
        assert isinstance(caught.value, PNNError)
        assert [words for words in said if words not in message] == [], message
        assert not first.startswith(" "), message
        assert rest, f"no way out: {message}"
        assert rest[-1].startswith("  "), message

    return expect


@pytest.fixture
def leaves_nothing() -> Iterator[None]:
    """Require that no thread and no socket is left."""

    def held() -> tuple[int, int]:
        gc.collect()
        handles = Path("/proc/self/fd").iterdir()
        sockets = [
            h for h in handles if h.is_symlink() and "socket:" in str(h.readlink())
        ]
        return threading.active_count(), len(sockets)

    before = held()
    yield
    assert held() == before


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Let torch use one thread: what is small, or shares the machine, is faster so."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def run_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_thread: None
) -> Iterator[Callable[[Path], None]]:
    """Run every example of a page."""
    from sybil import Example, Sybil
    from sybil.evaluators.python import PythonEvaluator
    from sybil.parsers.markdown import CodeBlockParser

    run_python = PythonEvaluator()

    def python(example: Example) -> None:
        path = _save(example.parsed)
        if path is None:
            run_python(example)
        else:
            runpy.run_path(str(path))

    sybil = Sybil(
        parsers=[
            CodeBlockParser("python", python),
            CodeBlockParser("toml", lambda example: _save(example.parsed) and None),
            CodeBlockParser("console", lambda example: _console(example.parsed)),
        ]
    )

    def run(page: Path) -> None:
        if page.is_relative_to(ROOT / "docs"):
            monkeypatch.setenv("PNN_PLUGINS", "")
        else:
            monkeypatch.delenv("PNN_PLUGINS", raising=False)
        plugins.reload()
        for example in sybil.parse(page).examples():
            example.evaluate()

    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    yield run
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None)
        if file and Path(file).is_relative_to(tmp_path):
            del sys.modules[name]
    monkeypatch.undo()
    plugins.reload()
