"""MNIST at 14x14, part of the package."""

from __future__ import annotations

from pathlib import Path

import pnn_core as pnn
from pnn_tasks.datafile import DamagedError, Form
from pnn_tasks.idx import decode, npz_member
from pnn_tasks.images import ImageConfig, Images, split_images
from pnn_tasks.mnist import DIGITS, KEYS
from pnn_tasks.mnist import SHA256 as FULL_SIZE

__all__ = ["Mnist14x14"]

ARCHIVE = Path(__file__).parent / "data" / "mnist_14x14.npz"
SHA256 = (
    "07f99850ea809c2f52f912d52deeba9448f8cfe7004116db28080ea07b727695",
    FULL_SIZE[1],
    "f1e85dc87443c8549e3d0af21b42e1ff96f1c395b9d6f4ca521e1b5811f9e863",
    FULL_SIZE[3],
)
"""Of each array as IDX; the labels are those at full size."""


class Mnist14x14(pnn.Task):
    """Handwritten digits at 14x14: 60,000 to train on and 10,000 to test.

    Each pixel is the mean of 2x2 pixels of MNIST, rounded half up. Nothing is
    downloaded. MNIST: LeCun, Bottou, Bengio and Haffner, Gradient-based learning
    applied to document recognition, Proc. IEEE 86, 2278 (1998).
    """

    name = "mnist-14x14"

    class Config(ImageConfig):
        """Settings of MNIST at 14x14."""

    config: Config

    def load(self) -> pnn.Splits:
        """Verify and split the pictures."""
        return split_images(read(ARCHIVE), self.config, DIGITS)


def read(archive: Path) -> Images:
    """Return the pictures, verified.

    Raises:
        TaskError: If the archive is missing or damaged.
    """
    try:
        contents = [
            Form(archive.name, npz_member(key)).checked(archive, sha256)
            for key, sha256 in zip(KEYS, SHA256, strict=True)
        ]
    except DamagedError as error:
        raise pnn.TaskError(
            f"mnist-14x14 expected its own copy of MNIST intact, got {archive}: "
            f"{error}.\n"
            f"  Install the package again: "
            f"pip install --force-reinstall --no-deps pnn-tasks"
        ) from error
    return Images(*map(decode, contents))
