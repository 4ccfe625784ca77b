"""MNIST at full size, found on disk or downloaded."""

from __future__ import annotations

from typing import ClassVar

import pnn_core as pnn
from pnn_tasks.datafile import Form
from pnn_tasks.idx import decode, idx_file, npz_member
from pnn_tasks.images import FILES, ImageConfig, Images, split_images
from pnn_tasks.search import SearchConfig, find

__all__ = ["DIGITS", "Mnist"]

DIGITS = tuple("0123456789")
KEYS = ("train_images", "train_labels", "test_images", "test_labels")
SHA256 = (
    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
)
MNIST = tuple(
    idx_file(
        name,
        sha256,
        folder="mnist",
        mirrors=(
            "https://ossci-datasets.s3.amazonaws.com/mnist",
            "https://storage.googleapis.com/cvdf-datasets/mnist",
        ),
        advice="Put MNIST's four IDX files (gzipped or not), or mnist_28x28.npz, in a "
        "folder\n  and name it in data_dir or PNN_DATA_DIR. "
        "The task mnist-14x14 needs no files.",
        archives=(Form("mnist_28x28.npz", npz_member(key)),),
    )
    for name, sha256, key in zip(FILES, SHA256, KEYS, strict=True)
)


class Mnist(pnn.Task):
    """Handwritten digits at 28x28: 60,000 to train on and 10,000 to test.

    LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document
    recognition, Proc. IEEE 86, 2278 (1998).
    """

    name = "mnist"

    class Config(ImageConfig, SearchConfig):
        """Settings of MNIST."""

    config: Config
    files: ClassVar = MNIST

    def load(self) -> pnn.Splits:
        """Find, verify and split the pictures."""
        arrays = (decode(find(file, self.config)) for file in self.files)
        return split_images(Images(*arrays), self.config, DIGITS)
