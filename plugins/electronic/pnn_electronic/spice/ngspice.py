"""Running ngspice as a program, and reading its binary raw files."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pnn_core.errors import DeviceError

Array = NDArray[np.float64]

__all__ = ["SETUP", "program", "read_raw", "run"]

SETUP = "set xtrtol=1e6\n"
"""Steps are set by the netlist alone, not by ngspice's guess of the error.

With XSPICE models ngspice otherwise guesses anew at each step of the waveform, and
takes thrice the steps for four times the error.
"""


def program() -> str:
    """Return the path of ngspice.

    Raises:
        DeviceError: If it is not installed.
    """
    found = shutil.which("ngspice")
    if found is None:
        raise DeviceError(
            "ngspice was not found on the PATH.\n"
            "  On Debian: apt-get install ngspice; else see ngspice.sourceforge.io."
        )
    return found


def run(netlist: str, files: dict[str, str], timeout_s: float) -> tuple[Array, Array]:
    """Run a netlist in a folder of its own, and return its times and its vectors.

    Args:
        netlist: Ends in a transient analysis, and saves what is wanted.
        files: Contents of files that the netlist names.
        timeout_s: Longest time that it may take.

    Returns:
        Seconds [point], and what was saved, [vector, point].

    Raises:
        DeviceError: If ngspice is missing, takes too long, or fails.
    """
    with tempfile.TemporaryDirectory(prefix="pnn-spice-") as name:
        folder = Path(name)
        for file, content in (files | {"c.cir": netlist, ".spiceinit": SETUP}).items():
            (folder / file).write_text(content, encoding="ascii")
        command = [program(), "-b", "-r", "c.raw", "c.cir"]
        try:
            done = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, timeout=timeout_s
            )
        except subprocess.TimeoutExpired:
            raise DeviceError(
                f"ngspice was stopped after {timeout_s:g} s.\n"
                f"  Raise timeout_s, or give it fewer time steps per sample."
            ) from None
        raw = folder / "c.raw"
        if done.returncode or not raw.exists() or "aborted" in done.stderr:
            told = (done.stderr or done.stdout).strip().splitlines()[-3:]
            raise DeviceError(
                f"ngspice failed with status {done.returncode}: {' | '.join(told)}\n"
                f"  Run the netlist by hand: pnn_electronic.spice.netlist prints it."
            )
        values = read_raw(raw.read_bytes())
    return values[0], values[1:]


def read_raw(content: bytes) -> Array:
    """Return the vectors [vector, point] of a binary raw file of real numbers.

    The header is text: "No. Variables: 3", "No. Points: 800", and "Binary:" last.

    Raises:
        DeviceError: If it is cut short.
    """
    header, _, body = content.partition(b"Binary:\n")
    fields = dict(
        line.split(":", 1)
        for line in header.decode("ascii").splitlines()
        if ":" in line
    )
    try:
        vectors = int(fields["No. Variables"])
        points = int(fields["No. Points"])
        flat = np.frombuffer(body, "<f8", vectors * points)
    except (KeyError, ValueError) as error:
        raise DeviceError(
            f"ngspice's raw file of {len(content)} bytes is cut short: {error}.\n"
            f"  Look for a full disk; the temporary folder is that of `tempfile`."
        ) from None
    return flat.reshape(points, vectors).T
