"""One side of a comparison: something that trains a network, epoch by epoch."""

from __future__ import annotations

from typing import Protocol


class Side(Protocol):
    """A network in training, by one way of writing the loop.

    Attributes:
        weights: how many trainable weights it has.
        steps: of an epoch.
        batch_size: examples of a step.
    """

    weights: int
    steps: int
    batch_size: int

    def train(self, epochs: int) -> list[float]:
        """Trains on, and gives the mean loss of each epoch once all of it is computed.

        Every side feeds itself: shuffling, slicing and handing over batches are part of the time.
        """
        ...
