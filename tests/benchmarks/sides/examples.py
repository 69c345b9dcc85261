"""What the sides train on: bundled pictures, or made-up values where only the size counts."""

from __future__ import annotations

import numpy as np

from vaereg.contracts.data import ArraySplit, Data, DataSpec


def examples(shape: tuple[int, ...], count: int) -> np.ndarray:
    """The first `count` bundled training pictures, or made-up ones of another shape; uint8."""
    if shape == (28, 28, 1):
        pictures = bundled()
        return pictures[np.arange(count) % len(pictures)]
    rng = np.random.default_rng(0)
    # few pixels are lit, as in pictures, so that there is something to learn
    chance = rng.uniform(size=shape) ** 4
    return (rng.uniform(size=(count, *shape)) < chance).astype(np.uint8) * np.uint8(255)


def bundled() -> np.ndarray:
    """The training pictures of the bundled Fashion-MNIST, (n, 28, 28, 1) uint8."""
    from vaereg.basics.datasets.bundled.fashion_mnist_bundle import read_bundle

    train, _, _ = read_bundle()
    return train.images[..., None]


def as_data(values: np.ndarray) -> Data:
    """The same as vaereg takes data: it stays 8-bit until a step asks for it."""
    shape = values.shape[1:]
    spec = DataSpec(
        form="image" if len(shape) == 3 else "vector", shape=shape, levels=256, size=len(values)
    )
    return Data(spec=spec, train=ArraySplit(values))


def as_floats(values: np.ndarray) -> np.ndarray:
    """The same as one writes it by hand: float32 within [0, 1], once for the whole training."""
    return values.astype("float32") / np.float32(255)


class Order:
    """Another order of the examples each epoch, as positions (steps, batch_size)."""

    def __init__(self, count: int, batch_size: int, seed: int = 0) -> None:
        self._rng = np.random.default_rng(seed)
        self._count = count
        self._batch_size = batch_size
        self.steps = count // batch_size

    def epoch(self) -> np.ndarray:
        """The next epoch's."""
        order = self._rng.permutation(self._count)[: self.steps * self._batch_size]
        return order.reshape(self.steps, self._batch_size)
