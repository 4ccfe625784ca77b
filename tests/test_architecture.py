"""Who may know whom: layers in the core, and nothing between a bench and its twin."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = sorted(ROOT.glob("plugins/*/pnn_*"))
SHARED = {"__init__", "schematic"}
"""What a bench and its twin may both know: nominal constants."""


def test_the_core_keeps_its_layers():
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [command, "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def modules(package):
    """Return the syntax tree of each module of a package, by its name in there."""
    return {
        ".".join(path.relative_to(package).with_suffix("").parts): ast.parse(
            path.read_text()
        )
        for path in package.rglob("*.py")
    }


def imported(tree, module, package):
    """Return the names in its own package that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            here = f"{package}.{module}".split(".")[: -node.level or None]
            path = [*(here if node.level else ()), *(node.module or "").split(".")]
            names = [[*path, alias.name] for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
        else:
            continue
        yield from ([*filter(None, n)][1:] for n in names if n[0] == package)


def known(trees, start, package):
    """Return the modules of its own package that a module knows, however indirectly."""
    found, todo = set(), [start]
    while todo:
        module = todo.pop()
        for name in imported(trees[module], module, package):
            ends = [name[:end] for end in range(len(name), -1, -1)]
            paths = (".".join(p) for end in ends for p in (end, [*end, "__init__"]))
            nearest = next((path for path in paths if path in trees), None)
            if nearest and nearest not in found:
                found.add(nearest)
                todo.append(nearest)
    return found


def defining(trees, base):
    """Return the modules that define a subclass of pnn.<base>, however indirect."""
    classes = [
        (name, node)
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    ]
    bases, found = {base}, set()
    for _ in classes:  # as deep as a line of descent can be
        for name, node in classes:
            if bases & {ast.unparse(b).rpartition(".")[2] for b in node.bases}:
                bases.add(node.name)
                found.add(name)
    return found


def common(package):
    """Return what the benches and the twins of a package both know, schematic aside."""
    trees = modules(package)
    benches, twins = (
        {m for s in defining(trees, base) for m in {s, *known(trees, s, package.name)}}
        for base in ("Device", "Twin")
    )
    return {m for m in benches & twins if m.rpartition(".")[2] not in SHARED}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_a_bench_and_its_twin_share_nothing_but_the_schematic(package):
    assert common(package) == set()


@pytest.mark.parametrize(
    ("line", "caught"),
    [
        ("from pnn_x.bench import K", {"bench", "parts", "deep.parts"}),
        ("from . import parts", {"parts"}),
        ("import pnn_x.parts as p", {"parts"}),
        ("from .deep import parts", {"deep.parts"}),
        ("from .deep import K", {"deep.parts"}),
        ("from pnn_x.deep.parts import K", {"deep.parts"}),
        ("from pnn_x.schematic import K", set()),
    ],
)
def test_a_twin_that_knows_its_benchs_physics_is_caught(tmp_path, line, caught):
    package = tmp_path / "pnn_x"
    (package / "deep").mkdir(parents=True)
    (package / "bench.py").write_text(
        "from pnn_x.parts import K\nfrom pnn_x.deep.parts import K\n"
        "from pnn_x.schematic import N\nclass Bench(Rig): pass\n"
    )
    (package / "twin.py").write_text(
        f"{line}\nfrom pnn_x.schematic import N\nclass T(Twin): pass\n"
    )
    (package / "rig.py").write_text("class Rig(pnn.Device): pass\n")
    for name in ("parts", "schematic", "deep/parts"):
        (package / f"{name}.py").write_text("K = N = 1\n")
    (package / "deep" / "__init__.py").write_text("from pnn_x.deep.parts import K\n")
    assert common(package) == caught


def test_a_file_holds_one_idea():
    files = [*ROOT.glob("pnn_core/**/*.py"), *ROOT.glob("plugins/*/pnn_*/**/*.py")]
    lengths = {str(f.relative_to(ROOT)): f.read_text().count("\n") for f in files}
    assert {name: n for name, n in lengths.items() if n >= 400} == {}


@pytest.mark.parametrize("said", [{}, {"OPENBLAS_THREAD_TIMEOUT": "26"}])
def test_idle_threads_sleep_unless_the_environment_says_otherwise(said):
    look = "import pnn_core, os; print(*map(os.environ.get, %r))"
    expected = {"OMP_WAIT_POLICY": "PASSIVE", "OPENBLAS_THREAD_TIMEOUT": "4"}
    clean = {name: value for name, value in os.environ.items() if name not in expected}
    done = subprocess.run(
        [sys.executable, "-c", look % list(expected)],
        env=clean | said,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == list((expected | said).values())
