import numpy as np
import pytest
from pnn_tasks import mnist_14x14
from pnn_tasks.mnist_14x14 import ARCHIVE, Mnist14x14, read

import pnn_core as pnn

CLASS_COUNTS = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]


@pytest.fixture(scope="module")
def images():
    return read(ARCHIVE)


def test_labels_are_those_of_mnist(images):
    assert images.train_labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert np.bincount(images.train_labels).tolist() == CLASS_COUNTS
    assert len(images.test_labels) == 10_000


def test_pictures_keep_the_mean_of_mnist(images):
    """Rounding half up brightens by 1/8 on average, where four values are mixed."""
    assert 4 * images.train_images.sum(dtype=int) == pytest.approx(
        1_567_298_545, rel=2e-3
    )
    assert 4 * images.test_images.sum(dtype=int) == pytest.approx(264_923_200, rel=2e-3)


def test_task_has_the_official_sets():
    splits = Mnist14x14().load()
    assert splits.test.features.shape == (10_000, 14, 14)
    assert len(splits.train) + len(splits.validation) == 60_000
    assert (splits.train.features.min(), splits.train.features.max()) == (0, 1)
    assert splits.classes == tuple("0123456789")


def test_package_data_are_small():
    assert ARCHIVE.stat().st_size < 5e6


@pytest.mark.parametrize("damage", ["absent", "cut", "changed"])
def test_damaged_archive_says_how_to_repair_it(tmp_path, monkeypatch, damage):
    archive = tmp_path / "mnist_14x14.npz"
    if damage == "cut":
        archive.write_bytes(ARCHIVE.read_bytes()[:1000])
    elif damage == "changed":
        with np.load(ARCHIVE) as arrays:
            changed = dict(arrays)
        changed["test_labels"] = changed["test_labels"][::-1]
        np.savez(archive, **changed)
    monkeypatch.setattr(mnist_14x14, "ARCHIVE", archive)
    with pytest.raises(pnn.TaskError, match="pip install --force-reinstall"):
        Mnist14x14().load()
