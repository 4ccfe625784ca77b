"""Vowel formants measured by Hillenbrand et al., as a table.

Hillenbrand, Getty, Clark and Wheeler, Acoustic characteristics of American English
vowels, J. Acoust. Soc. Am. 97, 3099 (1995).
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

from pnn_tasks.datafile import DataFile, Form

__all__ = ["FORMANTS", "SELECTION", "TABLE", "rows"]

FORMANTS = tuple(f"F{n}{at}" for at in ("", "_20", "_50", "_80") for n in (1, 2, 3))
"""F1 to F3 at steady state and at 20, 50 and 80 % of the vowel's duration, in Hz."""

HEADER = (
    "token,group,speaker,vowel,duration,f0,F1,F2,F3,F4,"
    "F1_20,F2_20,F3_20,F1_50,F2_50,F3_50,F1_80,F2_80,F3_80"
)
TOKEN = re.compile(rb"[bgmw]\d\d[a-z]{2}")


def rows(content: bytes) -> list[dict[str, str]]:
    """Return the rows of a CSV file, keyed by the names in its first line."""
    return list(csv.DictReader(io.StringIO(content.decode("ascii"))))


def as_csv(vowdata: bytes) -> bytes:
    """Return the original table, `vowdata.dat`, as comma-separated values.

    A line of the original is a token, such as w01ae for speaker w01 saying /ae/,
    then its 15 measurements between spaces; the lines before the first are prose.
    """
    lines = [HEADER]
    for line in vowdata.splitlines():
        cells = line.split()
        if len(cells) == 16 and TOKEN.fullmatch(cells[0]):
            token, *measured = (cell.decode("ascii") for cell in cells)
            lines.append(",".join((token, token[0], token[:3], token[3:], *measured)))
    return ("\n".join(lines) + "\n").encode("ascii")


def read_original(path: Path) -> bytes:
    """Return `vowdata.dat` as comma-separated values."""
    return as_csv(path.read_bytes())


def read_distribution(path: Path) -> bytes:
    """Return the table inside the archive that also holds the recordings."""
    with zipfile.ZipFile(path) as archive:
        return as_csv(archive.read("vowdata.dat"))


TABLE = DataFile(
    name="hillenbrand1995.csv",
    sha256="435aeb1ef0e9107d0a614a7ca2dc3b2c9efec4629271d0bd0a58664f0e96ee32",
    forms=(
        Form("hillenbrand1995.csv", Path.read_bytes),
        Form("vowdata.dat", read_original),
        Form("h95-alldata.zip", read_distribution),
    ),
    folder="vowels",
    urls=(
        "https://raw.githubusercontent.com/santiagobarreda/hillenbrand_et_al_1995/"
        "6dd44decc8ef5b537cbb54732a3b00c8fa652e65/h95-alldata.zip",
    ),
    advice="Take h95-alldata.zip (22 MB) from\n"
    "  https://github.com/santiagobarreda/hillenbrand_et_al_1995, put it or its "
    "vowdata.dat\n  in a folder and name the folder in data_dir or PNN_DATA_DIR.",
)

SELECTION = DataFile(
    name="vowels_pnn7.csv",
    sha256="a61c362b7ed55d0fd637428d96758d1af802280ed03b389ca9b8b9ec39bb0868",
    forms=(Form("vowels_pnn7.csv", Path.read_bytes),),
    folder="vowels",
    advice="This list of the authors' 259 tokens has no public download. If you have "
    "it, put it\n  in a folder and name the folder in data_dir or PNN_DATA_DIR. "
    'Otherwise set\n  tokens = "drawn" and split = "stratified", which need only '
    "the public table.",
)
