"""The tables of checks and components that `pnn check --all` prints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pnn_core.cli.checking import verdict
from pnn_core.testing.examine import STATES

MARKS = dict(zip((*STATES, ""), (".", "e", "s", "F", " "), strict=True))


def as_text(results: list[dict[str, Any]]) -> str:
    """Return a table a kind, a mark for each check, what failed, and the verdicts."""
    lines = [", ".join(f"{mark} {state}" for state, mark in MARKS.items() if state)]
    for kind, names, rows in _tables(results):
        lines += [
            "",
            f"{kind}s",
            *(f"  {n:>2}  {name}" for n, name in enumerate(names, 1)),
        ]
        width = max(map(len, rows))
        numbers = "".join(f"{number:>3}" for number in range(1, len(names) + 1))
        lines.append(f"  {'':<{width}}{numbers}")
        for check, states in rows.items():
            lines.append(
                f"  {check:<{width}}" + "".join(f"{MARKS[s]:>3}" for s in states)
            )
    lines.append("")
    for found in results:
        failed = [r for r in found["checks"] if r["state"] == "failed"]
        for result in failed:
            lines.append(f"failed  {found['name']}: {result['check']}")
            lines += [f"        {line}" for line in result["detail"].splitlines()]
    return "\n".join([*lines, *map(verdict, results)])


def as_markdown(results: list[dict[str, Any]]) -> str:
    """Return a Markdown table a kind, and why what is exempt or skipped is so."""
    lines = []
    meanings = {r["check"]: r["meaning"] for f in results for r in f["checks"]}
    for kind, names, rows in _tables(results):
        lines += ["", f"### {kind.capitalize()}s", ""]
        lines.append(_row("check", "what it asks", *names))
        lines.append("|---" * (len(names) + 2) + "|")
        for check, states in rows.items():
            lines.append(_row(f"`{check}`", meanings[check], *states))
        reasons = {
            f"- {r['state']}, `{r['check']}` of `{found['name']}`: {_line(r['detail'])}"
            for found in results
            for r in found["checks"]
            if found["kind"] == kind and r["detail"]
        }
        lines += ["", *sorted(reasons)]
    return "\n".join(lines)


def _tables(
    results: list[dict[str, Any]],
) -> Iterator[tuple[str, list[str], dict[str, list[str]]]]:
    """Yield each kind, its components, and of each check how it ended for them."""
    for kind in dict.fromkeys(found["kind"] for found in results):
        ended = {
            found["name"]: {r["check"]: r["state"] for r in found["checks"]}
            for found in results
            if found["kind"] == kind
        }
        names = dict.fromkeys(check for states in ended.values() for check in states)
        rows = {
            name: [states.get(name, "") for states in ended.values()] for name in names
        }
        yield kind, list(ended), rows


def _row(*cells: str) -> str:
    return "".join(f"| {cell} " for cell in cells) + "|"


def _line(text: str) -> str:
    """Return a text's lines as one."""
    return " ".join(text.split())
