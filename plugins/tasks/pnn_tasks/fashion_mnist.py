"""Fashion-MNIST, found on disk or downloaded."""

from __future__ import annotations

from typing import ClassVar

import pnn_core as pnn
from pnn_tasks.idx import decode, idx_file
from pnn_tasks.images import FILES, ImageConfig, Images, split_images
from pnn_tasks.search import SearchConfig, find

__all__ = ["FashionMnist"]

ARTICLES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
SHA256 = (
    "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
)
FASHION_MNIST = tuple(
    idx_file(
        name,
        sha256,
        folder="fashion-mnist",
        mirrors=(
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
            "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion",
        ),
        advice="On Debian: apt-get install dataset-fashion-mnist. Elsewhere put the "
        "four IDX files\n  (gzipped or not) in a folder and name it in data_dir or "
        "PNN_DATA_DIR.",
    )
    for name, sha256 in zip(FILES, SHA256, strict=True)
)


class FashionMnist(pnn.Task):
    """Grey pictures of clothes at 28x28: 60,000 to train on and 10,000 to test.

    Xiao, Rasul and Vollgraf, Fashion-MNIST: a novel image dataset for benchmarking
    machine learning algorithms, arXiv:1708.07747 (2017).
    """

    name = "fashion-mnist"

    class Config(ImageConfig, SearchConfig):
        """Settings of Fashion-MNIST."""

    config: Config
    files: ClassVar = FASHION_MNIST

    def load(self) -> pnn.Splits:
        """Find, verify and split the pictures."""
        arrays = (decode(find(file, self.config)) for file in self.files)
        return split_images(Images(*arrays), self.config, ARTICLES)
