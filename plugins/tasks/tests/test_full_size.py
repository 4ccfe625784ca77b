import gzip
import hashlib
from types import SimpleNamespace

import numpy as np
import pytest
from pnn_tasks.fashion_mnist import FASHION_MNIST, FashionMnist
from pnn_tasks.hillenbrand import SELECTION, TABLE
from pnn_tasks.idx import decode, encode, idx_file
from pnn_tasks.images import FILES
from pnn_tasks.mnist import MNIST, Mnist
from pnn_tasks.mnist_14x14 import ARCHIVE, read
from pnn_tasks.search import SearchConfig, find

import pnn_core as pnn

SMALL = {
    name: np.repeat(np.arange(20, dtype=np.uint8) % 2, 784).reshape(20, 28, 28)
    if "images" in name
    else np.arange(20, dtype=np.uint8) % 2
    for name in FILES
}
"""Twenty pictures whose every grey value is their label, 0 or 1."""


@pytest.mark.parametrize("kind", [Mnist, FashionMnist])
def test_task_reads_its_four_files(tmp_path, monkeypatch, kind):
    for name in FILES[:2]:
        (tmp_path / name).write_bytes(encode(SMALL[name]))
    for name in FILES[2:]:
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(encode(SMALL[name])))
    files = [
        idx_file(
            name,
            hashlib.sha256(encode(SMALL[name])).hexdigest(),
            folder=kind.name,
            mirrors=(),
            advice="",
        )
        for name in FILES
    ]
    monkeypatch.setattr(kind, "files", files)
    splits = kind(data_dir=tmp_path).load()
    assert splits.test.features.shape == (20, 28, 28)
    for part in (splits.train, splits.validation, splits.test):
        np.testing.assert_array_equal(part.features[:, 5, 5] * 255, part.labels)


@pytest.mark.parametrize(
    "file", [*MNIST, *FASHION_MNIST, TABLE, SELECTION], ids=lambda file: file.name
)
def test_mirrors_serve_a_form_that_can_be_read(file):
    served = {url.rsplit("/", 1)[-1] for url in file.urls}
    assert served <= {form.file for form in file.forms}
    assert file.advice


def found(files):
    """Return the arrays, or skip the test if they are not on this computer."""
    try:
        arrays = [decode(find(f, SearchConfig(download=False))) for f in files]
    except pnn.TaskError as error:
        pytest.skip(f"set PNN_DATA_DIR to run this: {error}")
    keys = ("train_images", "train_labels", "test_images", "test_labels")
    return SimpleNamespace(**dict(zip(keys, arrays, strict=True)))


@pytest.fixture(scope="module")
def mnist():
    return found(MNIST)


@pytest.fixture(scope="module")
def fashion():
    return found(FASHION_MNIST)


def test_mnist_has_its_published_pixel_sums(mnist):
    assert mnist.train_images.shape == (60_000, 28, 28)
    assert mnist.train_images.sum(dtype=int) == 1_567_298_545
    assert mnist.test_images.sum(dtype=int) == 264_923_200
    assert mnist.train_labels[:5].tolist() == [5, 0, 4, 1, 9]


def test_14x14_is_the_2x2_mean_rounded_half_up(mnist):
    small = read(ARCHIVE)
    for full, pooled in (
        (mnist.train_images, small.train_images),
        (mnist.test_images, small.test_images),
    ):
        blocks = full.reshape(-1, 14, 2, 14, 2).sum((2, 4), dtype=np.uint16)
        np.testing.assert_array_equal((blocks + 2) // 4, pooled)
    np.testing.assert_array_equal(mnist.train_labels, small.train_labels)
    np.testing.assert_array_equal(mnist.test_labels, small.test_labels)


def test_fashion_mnist_has_as_many_of_each_article(fashion):
    assert fashion.train_images.shape == (60_000, 28, 28)
    assert np.bincount(fashion.train_labels).tolist() == [6000] * 10
    assert np.bincount(fashion.test_labels).tolist() == [1000] * 10


def test_first_picture_of_fashion_mnist_is_an_ankle_boot(fashion):
    assert fashion.train_labels[0] == 9
