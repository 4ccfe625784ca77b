import numpy as np
import pytest
from pnn_tasks.images import ImageConfig, Images, split_images

import pnn_core as pnn

COUNTS = np.array([300, 200, 100])
CLASSES = ("a", "b", "c")


@pytest.fixture(scope="module")
def images():
    """Pictures whose first two pixels number them."""

    def numbered(labels):
        count = np.arange(len(labels))
        pixels = np.stack([count // 256, count % 256, np.full_like(count, 255)], 1)
        return pixels.astype(np.uint8)[:, None, :]

    rng = np.random.default_rng(1)
    labels = rng.permutation(np.repeat(np.arange(3, dtype=np.uint8), COUNTS))
    return Images(numbered(labels), labels, numbered(labels), labels)


def split(images, **settings):
    return split_images(images, ImageConfig(**settings), CLASSES)


def numbers(part: pnn.Split):
    high, low, _ = np.rint(part.features[:, 0].T * 255).astype(int)
    return 256 * high + low


def test_features_are_grey_values_over_255(images):
    part = split(images).test
    assert part.features.dtype == np.float32
    np.testing.assert_array_equal(
        part.features, images.test_images / np.float32(255), strict=True
    )
    np.testing.assert_array_equal(
        part.labels, images.test_labels.astype(np.int64), strict=True
    )


def test_train_and_validation_partition_the_official_training_set(images):
    splits = split(images)
    both = np.concatenate([numbers(splits.train), numbers(splits.validation)])
    assert sorted(both) == list(range(600))


@pytest.mark.parametrize("limit", [None, 60])
def test_every_picture_keeps_its_label(images, limit):
    splits = split(images, train_limit=limit, test_limit=limit)
    for part in (splits.train, splits.validation, splits.test):
        np.testing.assert_array_equal(part.labels, images.train_labels[numbers(part)])


def test_validation_has_its_share_of_each_class(images):
    labels = split(images, validation=0.2).validation.labels
    np.testing.assert_array_equal(np.bincount(labels), COUNTS * 0.2)


@pytest.mark.parametrize("limit", [50, 61, 599])
def test_limits_are_exact_and_stratified(images, limit):
    splits = split(images, train_limit=limit, test_limit=limit)
    used = [*numbers(splits.train), *numbers(splits.validation)]
    assert len(set(used)) == len(used) == len(splits.test) == limit
    shares = COUNTS * limit / 600
    assert np.abs(np.bincount(splits.test.labels) - shares).max() <= 1


def test_limit_above_the_number_of_examples_takes_all(images):
    assert len(split(images, test_limit=10_000).test) == 600


def test_same_seed_gives_the_same_splits(images):
    once, again = (split(images, train_limit=100, seed=3) for _ in range(2))
    np.testing.assert_array_equal(numbers(once.train), numbers(again.train))
    np.testing.assert_array_equal(numbers(once.validation), numbers(again.validation))


def test_seed_moves_training_and_validation_but_not_the_test_set(images):
    once, other = (
        split(images, train_limit=100, test_limit=100, seed=seed) for seed in (0, 1)
    )
    assert not np.array_equal(numbers(once.train), numbers(other.train))
    assert not np.array_equal(numbers(once.validation), numbers(other.validation))
    np.testing.assert_array_equal(numbers(once.test), numbers(other.test))


def test_larger_limit_contains_the_smaller(images):
    small, large = (split(images, test_limit=limit).test for limit in (50, 200))
    assert set(numbers(small)) < set(numbers(large))
