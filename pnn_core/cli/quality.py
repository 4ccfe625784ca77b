"""What `pnn check PLUGIN --quality` prints: a line for each rule, and the level."""

from __future__ import annotations

from typing import Any


def as_text(found: dict[str, Any]) -> str:
    """Return the quality table as aligned lines."""
    lines = []
    for row in found["rules"]:
        mark = "no " if row["detail"] else "yes"
        lines.append(f"{row['level']:<6}  {mark}  {row['rule']}")
        if row["detail"]:
            lines += [f"             {line}" for line in row["detail"].splitlines()]
    level = found["level"]
    lines.append(f"{found['plugin']} ({found['distribution']}): {level}")
    return "\n".join(lines)
