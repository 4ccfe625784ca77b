"""How Sphinx builds these pages: offline, from Markdown and from docstrings."""

import re
from typing import Any

import pnn_core
from pnn_core.version import __version__

for name in pnn_core.__all__:  # autodoc would import them as a type checker does
    getattr(pnn_core, name)

project = "pnn"
author = "The pnn authors"
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_type_aliases = {"Array": "Array"}
autodoc_typehints_description_target = "documented"
autoclass_content = "class"
napoleon_custom_sections = ["Shape"]
default_role = "code"  # docstrings use single backticks, as Markdown does
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"pnn {release}"
html_copy_source = False


def _escape(
    app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]
) -> None:
    """Keep the stars of shapes, [batch, *shape], and bars, |x|, from being markup."""
    lines[:] = [re.sub(r"(?<!`)(\*(?=\w)|\|)", r"\\\1", line) for line in lines]


def setup(app: Any) -> None:
    """Prepare docstrings before anything else reads them."""
    app.connect("autodoc-process-docstring", _escape, priority=100)
