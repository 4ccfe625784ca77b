"""What this package offers to pnn-core."""

from __future__ import annotations

from pnn_core import Task, hookimpl


@hookimpl
def pnn_tasks() -> list[type[Task]]:
    """Return the tasks; none of them reads a file before `load`."""
    from pnn_tasks.fashion_mnist import FashionMnist
    from pnn_tasks.mnist import Mnist
    from pnn_tasks.mnist_14x14 import Mnist14x14
    from pnn_tasks.vowels import Vowels

    return [FashionMnist, Mnist, Mnist14x14, Vowels]
