"""The running means of the logged terms, kept on the device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras
from keras import ops

from vaereg.contracts.tensor import Tensor


class TermMeans(keras.metrics.Metric):
    """The mean of each logged term over the examples of an epoch.

    One metric for all terms makes two small updates per step, however many terms there are. One
    metric for each term would cost more time than a small network.

    Args:
        names: of the terms, in the order in which they are logged.
    """

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(name="terms", dtype="float32")
        self.names = tuple(names)
        shape = (len(self.names),)
        self.totals = self.add_variable(shape, initializer="zeros", name="totals")
        self.examples = self.add_variable(shape, initializer="zeros", name="examples")

    def update_state(self, logs: Mapping[str, Tensor], examples: int | Tensor) -> None:
        """Adds a batch.

        Args:
            logs: name -> the mean of a term over the batch, a scalar. Terms that only training has
                may be missing.
            examples: how many examples the batch holds.
        """
        present = ops.convert_to_tensor([float(name in logs) for name in self.names], "float32")
        values = ops.stack([ops.cast(logs.get(name, 0.0), "float32") for name in self.names])
        weight = ops.cast(examples, "float32") * present
        self.totals.assign_add(values * weight)
        self.examples.assign_add(weight)

    def result(self) -> dict[str, Tensor]:
        """Name -> the mean so far, a scalar; 0 for a term that no batch had."""
        means = ops.divide_no_nan(self.totals, self.examples)
        return dict(zip(self.names, ops.unstack(means), strict=True))
