"""Tables in README and docs are those of the committed results."""

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RESULTS = sorted((ROOT / "benchmarks" / "results").glob("*.json"))


@pytest.fixture
def harness():
    spec = importlib.util.spec_from_file_location(
        "harness", ROOT / "benchmarks" / "harness.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.stem)
def test_the_docs_show_the_committed_result(harness, path):
    page = ROOT / "docs" / "benchmarks" / f"{path.stem}.md"
    assert page.read_text() == harness.page(path.stem, json.loads(path.read_text()))


def test_the_readmes_tables_are_the_committed_results(harness):
    path = ROOT / "benchmarks" / "results" / "pat_vs_in_silico.json"
    readme = (ROOT / "README.md").read_text()
    assert harness.markdown(json.loads(path.read_text())) in readme
    assert harness.overview() in readme


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.stem)
def test_a_result_says_what_reproduces_it(path):
    content = json.loads(path.read_text())
    assert content["command"] == f"make bench NAME={path.stem}"
    for figure in content["figures"].values():
        assert isinstance(figure, float) or len(figure["seeds"]) >= 3
    assert (ROOT / "benchmarks" / f"{path.stem}.py").is_file()
