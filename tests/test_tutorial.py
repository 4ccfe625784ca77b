"""A plugin is little to write: the tutorial's lines are as few as it says."""

import ast
import re
import tomllib
from pathlib import Path

PAGE = (Path(__file__).parents[1] / "docs/write-a-plugin.md").read_text()
FILES = {
    block.partition("\n")[0].removeprefix("# "): block
    for block in re.findall(r"^```\w+\n(# [\w./-]+\n.*?)^```$", PAGE, re.M | re.S)
}


def written(name):
    """Return how many lines hold code: no blanks, comments and docstrings."""
    source = FILES[name]
    if name.endswith(".toml"):
        assert tomllib.loads(source)
        return sum(not re.match(r"\s*(#|$)", line) for line in source.splitlines())
    nodes = [node for node in ast.walk(ast.parse(source)) if hasattr(node, "lineno")]
    docstrings = [
        node
        for node in nodes
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    ]
    lines = {n for node in nodes for n in range(node.lineno, node.end_lineno + 1)}
    for node in docstrings:
        lines -= set(range(node.lineno, node.end_lineno + 1))
    shown = source.splitlines()
    return sum(bool(shown[number - 1].strip()) for number in lines)


def test_a_substrate_is_at_most_sixty_lines():
    needed = ("pnn_rc/schematic.py", "pnn_rc/bench.py", "pnn_rc/plugin.py")
    lines = sum(map(written, (*needed, "pyproject.toml")))
    said, more = re.search(r"is (\d+) lines here,.*?is (\d+) more", PAGE, re.S).groups()
    assert lines == int(said) <= 60
    assert written("pnn_rc/twin.py") == int(more)
