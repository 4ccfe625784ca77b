"""Pictures with labels, as splits of a task."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pnn_core import Split, Splits, TaskConfig, stratified

__all__ = ["FILES", "ImageConfig", "Images", "split_images"]

FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
"""The files of MNIST and of what is modelled on it, in the order of `Images`."""


class ImageConfig(TaskConfig):
    """Settings of a task made of pictures."""

    train_limit: int | None = Field(
        None,
        ge=50,
        le=60_000,
        description="Number of training examples, validation included; all if unset.",
    )
    test_limit: int | None = Field(
        None, ge=10, le=10_000, description="Number of test examples; all if unset."
    )


@dataclass(frozen=True)
class Images:
    """The official training and test sets.

    Args:
        train_images: uint8, shape [image, row, column].
        train_labels: uint8, shape [image].
        test_images: uint8, shape [image, row, column].
        test_labels: uint8, shape [image].
    """

    train_images: NDArray[np.uint8]
    train_labels: NDArray[np.uint8]
    test_images: NDArray[np.uint8]
    test_labels: NDArray[np.uint8]


def split_images(
    images: Images, config: ImageConfig, classes: tuple[str, ...]
) -> Splits:
    """Return the splits: features are grey values over 255, [image, row, column].

    The limited test set does not depend on `seed`, so that runs compare.
    """
    train = first(config.train_limit, images.train_labels, config.seed)
    test = first(config.test_limit, images.test_labels, seed=0)
    labels = images.train_labels[train].astype(np.int64)
    kept, held_out = stratified(labels, config.validation, config.seed)
    return Splits(
        train=picked(images.train_images, images.train_labels, train[kept]),
        validation=picked(images.train_images, images.train_labels, train[held_out]),
        test=picked(images.test_images, images.test_labels, test),
        classes=classes,
    )


def picked(
    images: NDArray[np.uint8], labels: NDArray[np.uint8], indices: NDArray[np.intp]
) -> Split:
    """Return some of the examples."""
    features = np.divide(images[indices], 255, dtype=np.float32)
    return Split(features, labels[indices].astype(np.int64))


def first(limit: int | None, labels: NDArray[np.uint8], seed: int) -> NDArray[np.intp]:
    """Return the sorted indices of the first `limit` examples in a stratified order.

    The k-th of a class's n examples, shuffled, has place (k + 1/2) / n: whatever the
    limit, each class keeps its share to within one example.
    """
    if limit is None:
        return np.arange(len(labels))
    rng = np.random.default_rng(seed)
    place = np.empty(len(labels))
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        place[members] = (np.arange(len(members)) + 0.5) / len(members)
    return np.sort(np.argsort(place, kind="stable")[:limit])
