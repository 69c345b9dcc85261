"""The Bernoulli likelihood."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras
from keras import ops

import vaereg

if TYPE_CHECKING:
    from vaereg.component import NoParams


class Bernoulli(keras.layers.Layer):
    """p(x given z) = sigmoid(l)^x (1 - sigmoid(l))^(1 - x) per value, with l the decoder's output.

    It is normalised for binary data. For values between 0 and 1, the formula is the usual cross
    entropy but not a density, so bounds on log p(x) cannot be compared with those of other
    likelihoods.

    Source: Kingma and Welling 2013, arXiv:1312.6114, appendix C.1.

    Attributes:
        support: the smallest and the largest value that x may have.

    Raises:
        ValueError: for data that is not within [0, 1].
    """

    support = (0.0, 1.0)

    def __init__(self, params: NoParams, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name, dtype="float32")
        del params
        value_range = context.data_spec.value_range
        if value_range is None or value_range[0] < 0 or value_range[1] > 1:
            came = "has no bounds" if value_range is None else f"lies in {list(value_range)}"
            raise ValueError(
                f"likelihood 'bernoulli' takes data in [0, 1], but this data {came}. Use "
                f'"gaussian_optimal_variance", or scale the data to [0, 1].'
            )
        self.built = True

    def channels(self, data_channels: int) -> int:
        """One logit per value."""
        return data_channels

    def log_prob(
        self, x: vaereg.Tensor, outputs: vaereg.Tensor, training: bool = False
    ) -> vaereg.Tensor:
        """log p(x given z) for x and outputs (B, *data), shape (B,)."""
        del training
        logits = ops.cast(outputs, "float32")
        per_dim = ops.cast(x, "float32") * logits - ops.softplus(
            logits
        )  # never takes the log of a rounded sigmoid
        return ops.sum(per_dim, axis=tuple(range(1, len(per_dim.shape))))

    def mean(self, outputs: vaereg.Tensor) -> vaereg.Tensor:
        """The probability of a 1 (B, *data)."""
        return ops.sigmoid(ops.cast(outputs, "float32"))

    def sample(self, outputs: vaereg.Tensor, seed: vaereg.Seed) -> vaereg.Tensor:
        """Draws 0 or 1 (B, *data)."""
        chance = self.mean(outputs)
        drawn = keras.random.uniform(ops.shape(chance), dtype="float32", seed=seed)
        return ops.cast(drawn < chance, "float32")
