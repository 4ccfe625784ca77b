import re
import subprocess
import sys
from pathlib import Path

import pytest
from pnn_tasks.plugin import pnn_tasks

LISTING = """
import sys
from pnn_tasks.plugin import pnn_tasks
pnn_tasks()
print({"torch", "pooch", "requests", "platformdirs"} & set(sys.modules))
"""


def test_listing_the_tasks_loads_only_numpy_and_the_core():
    """A fresh interpreter, which takes a second to start."""
    listing = subprocess.run(
        [sys.executable, "-c", LISTING], capture_output=True, text=True, check=True
    )
    assert listing.stdout.strip() == "set()"


@pytest.mark.parametrize("kind", pnn_tasks(), ids=lambda kind: kind.name)
def test_every_setting_is_described(kind):
    for name, field in kind.Config.model_fields.items():
        assert field.description, name


def test_examples_of_the_readme_run():
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    for example in re.findall(r"```python\n(.*?)```", readme, re.DOTALL):
        exec(example, {})
