"""Build every package, install it from a folder into an environment, use it there.

python tests/packages.py                 the core alone, each plugin alone, all together
python tests/packages.py optical --test  one plugin alone, and its own tests

What follows --test is for pytest; without a plugin's name each is tested alone.

Each environment has an installed core, the plugins named, and what this Python has
installed from elsewhere; nothing of this repository. No network is used.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import tomllib
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[1]
PLUGINS = sorted(path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml"))

LOAD_ALL = """
import pnn_core as pnn
from pnn_core.plugins import KINDS
for kind in KINDS:
    for component in pnn.components(kind).values():
        component.load()
assert len(pnn.get("task", "mnist-14x14")(train_limit=100).load().train)
"""


def run(*command: object, cwd: Path) -> str:
    """Run a command outside the repository, and return what it prints."""
    own = {"PYTHONPATH", "PNN_PLUGINS", "PNN_LAB"}
    env = {key: value for key, value in os.environ.items() if key not in own}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=env,
        stdout=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        sys.exit(f"{done.stdout}\nfailed: {' '.join(map(str, command))}")
    return done.stdout


def build(project: Path, dist: Path) -> None:
    """Build an sdist, and from that alone a wheel; require that both are complete."""
    tool = (sys.executable, "-m", "build", "--no-isolation")
    built = set(dist.iterdir())
    run(*tool, "--outdir", dist, project, cwd=dist)
    sdist, wheel = sorted(set(dist.iterdir()) - built, key=lambda p: p.suffix)
    stated = tomllib.loads((project / "pyproject.toml").read_text())["project"]
    package = stated["name"].replace("-", "_")
    listing = ("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    tracked = run(*listing, package, cwd=project).split("\0")[:-1]
    with tarfile.open(sdist) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    with ZipFile(wheel) as archive:
        unpacked = set(archive.namelist())
    for where, names in ((sdist, packed), (wheel, unpacked)):
        if missing := set(tracked) - names:
            sys.exit(f"{where.name} lacks {sorted(missing)}")
    print(f"built {wheel.name}: {len(tracked)} files")


def others(folder: Path) -> Path:
    """Return a folder of everything installed here that this repository does not hold.

    Links, so that torch is not installed anew for each environment.
    """
    folder.mkdir()
    for installed in Path(sysconfig.get_path("purelib")).iterdir():
        if not installed.name.startswith(("pnn_", "_pnn_", "__editable__")):
            (folder / installed.name).symlink_to(installed)
    return folder


def install(names: list[str], dist: Path, libraries: Path, env: Path) -> Path:
    """Return the Python of a new environment that holds these packages."""
    run(sys.executable, "-m", "venv", "--without-pip", env, cwd=dist)
    python = env / "bin/python"
    (site,) = env.glob("lib/python3*/site-packages")
    (site / "others.pth").write_text(f"{libraries}\n")
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "-q")
    offline = ("--disable-pip-version-check", "--no-index", "--find-links", dist)
    run(*pip, *offline, "pnn-core", *(f"pnn-{name}" for name in names), cwd=dist)
    return python


def use(python: Path, names: list[str], folder: Path) -> None:
    """Require that everything installed works, and nothing else is there."""
    folder.mkdir()
    pnn = python.with_name("pnn")
    rows = json.loads(run(pnn, "list", "--json", cwd=folder))["plugins"]
    states = {row["plugin"]: row["state"] for row in rows}
    if states != dict.fromkeys(["core", *names], "ok"):
        sys.exit(f"{pnn} list says {states}")
    place = run(python, "-c", "import pnn_core; print(pnn_core.__file__)", cwd=folder)
    if not Path(place).is_relative_to(python.parents[1]):
        sys.exit(f"pnn_core comes from {place}")
    if names == PLUGINS:
        run(python, "-c", LOAD_ALL, cwd=folder)
    if not names:
        run(pnn, "new", "wave-tank", cwd=folder)
    print(f"installed and used: {', '.join(states)}", flush=True)


def run_tests(python: Path, plugin: str, options: list[str], cwd: Path) -> None:
    """Run a plugin's own tests in an environment."""
    quiet = ("-q", "-p", "no:cacheprovider", "-c", ROOT / "pyproject.toml")
    tests = ROOT / "plugins" / plugin / "tests"
    print(run(python, "-m", "pytest", *quiet, *options, tests, cwd=cwd), flush=True)


def main(words: list[str]) -> None:
    """Build, install and use what the command line names."""
    end = words.index("--test") if "--test" in words else len(words)
    chosen, options = words[:end], words[end + 1 :]
    groups = [[name] for name in chosen] or [[], *([n] for n in PLUGINS), PLUGINS]
    with tempfile.TemporaryDirectory(prefix="pnn-packages-") as name:
        top = Path(name)
        dist = top / "dist"
        dist.mkdir()
        build(ROOT, dist)
        for plugin in chosen or PLUGINS:
            build(ROOT / "plugins" / plugin, dist)
        libraries = others(top / "others")
        for number, group in enumerate(groups):
            python = install(group, dist, libraries, top / f"env{number}")
            use(python, group, top / f"use{number}")
            if "--test" in words and len(group) == 1:
                run_tests(python, *group, options, top)


if __name__ == "__main__":
    main(sys.argv[1:])
