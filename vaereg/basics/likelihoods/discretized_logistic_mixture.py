"""The discretized mixture of logistics (PixelCNN++)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import keras
import numpy as np
from keras import ops

import vaereg
from vaereg.basics.distributions.soft_clip import soft_clip
from vaereg.basics.distributions.split_seed import split_seed
from vaereg.basics.likelihoods.clipped_logistic import clipped_logistic_mean

if TYPE_CHECKING:
    from vaereg.basics.likelihoods.declared import DiscretizedLogisticMixtureParams

LOG_SCALE_BOUNDS = (-7.0, 7.0)  # on the scale where the data spans [-1, 1]; -7 is the source's
POINTS = 32  # how many values of the earlier channels `mean` averages over


class Mixture(NamedTuple):
    """The parameters, read from outputs, of a mixture of K logistics at each position.

    Data has C channels.

    Args:
        logits: (..., K) unnormalised log weights.
        means, log_scales: (..., K) for each channel.
        coefficients: (..., K) for each pair (channel, earlier one): (1, 0), (2, 0), (2, 1) …
    """

    logits: vaereg.Tensor
    means: tuple[vaereg.Tensor, ...]
    log_scales: tuple[vaereg.Tensor, ...]
    coefficients: tuple[vaereg.Tensor, ...]

    def conditional_mean(self, channel: int, earlier: list[vaereg.Tensor]) -> vaereg.Tensor:
        """The means of a channel's logistics given the values of the earlier channels."""
        mean = self.means[channel]
        first = channel * (channel - 1) // 2
        for index, value in enumerate(earlier):
            mean = mean + self.coefficients[first + index] * value
        return mean

    def each(self, change: Callable[[vaereg.Tensor], vaereg.Tensor]) -> Mixture:
        """The mixture with `change` applied to every array."""
        return Mixture(
            change(self.logits),
            *(tuple(change(array) for array in arrays) for arrays in self[1:]),
        )


class DiscretizedLogisticMixture(keras.layers.Layer):
    """Probabilities of discrete levels, from a mixture of K logistics at each position.

    The data's range is scaled to [-1, 1]. Under one logistic (m, s), the probability of level v is
    the mass between v - h and v + h, where h is half the distance between two levels; the lowest
    and the highest level also get all the mass beyond them. For data with channels (the last axis
    of images and sequences), the channels of a position share the choice of k, and the mean of
    channel c is m_c + sum over j < c of tanh(a_cj) x_j. Columns of vector data are independent
    given z, each with its own mixture, since d columns would need d^2 / 2 coefficients.

    The decoder gives K (1 + 2 C + C (C - 1) / 2) channels, or 3 K for each column of vectors.
    log_prob is a log probability, so it is never above 0. Values of x are rounded to the nearest
    level.

    Source: Salimans et al. 2017 (PixelCNN++), arXiv:1701.05517, section 2.1; here for any number
    of channels and levels, and without the source's approximation of the mass of a bin.

    Attributes:
        support: the smallest and the largest value that x may have.

    Raises:
        ValueError: for data without a finite range, or with fewer than 2 levels.
    """

    def __init__(
        self, params: DiscretizedLogisticMixtureParams, context: vaereg.BuildContext
    ) -> None:
        super().__init__(name=context.name, dtype="float32")
        data = context.data_spec
        if data.value_range is None:
            raise ValueError(
                "likelihood 'discretized_logistic_mixture' takes discrete data with a finite value "
                'range, but this data is unbounded. Use "gaussian_optimal_variance".'
            )
        self.levels = 256 if data.levels is None else data.levels
        if self.levels < 2:
            raise ValueError(
                f"likelihood 'discretized_logistic_mixture' takes data with at least 2 levels; "
                f"this data has {self.levels}"
            )
        self.support = tuple(data.value_range)
        self.components = params.components
        self.columns = data.form == "vector"
        self.data_channels = 1 if self.columns else data.channels
        self.built = True

    def channels(self, data_channels: int) -> int:
        """K (1 + 2 C + C (C - 1) / 2) for C channels; 3 K for each column of vectors."""
        if self.columns:
            return data_channels * 3 * self.components
        pairs = data_channels * (data_channels - 1) // 2
        return self.components * (1 + 2 * data_channels + pairs)

    def log_prob(
        self, x: vaereg.Tensor, outputs: vaereg.Tensor, training: bool = False
    ) -> vaereg.Tensor:
        """log P(x given z) for x (B, *data) and outputs (B, *data[:-1], channels), shape (B,)."""
        del training
        mixture = self._read(outputs)
        value, lowest, highest = self._levels_of(x)  # (..., C) each
        half = 1.0 / (self.levels - 1)
        total = ops.log_softmax(mixture.logits, axis=-1)  # (..., K)
        earlier: list[vaereg.Tensor] = []
        for channel in range(self.data_channels):
            at = value[..., channel, None]  # (..., 1)
            bottom, top = lowest[..., channel, None], highest[..., channel, None]
            inverse = ops.exp(-mixture.log_scales[channel])
            centred = at - mixture.conditional_mean(channel, earlier)
            upper, lower = (centred + half) * inverse, (centred - half) * inverse
            # sigmoid(u) - sigmoid(l) = sigmoid(u) sigmoid(-l) (1 - exp(l - u)): each factor keeps
            # its precision in logarithms, however far out or narrow the bin.
            gap = ops.log(-ops.expm1(-2.0 * half * inverse))
            total = total + ops.where(top, 0.0, ops.log_sigmoid(upper))
            total = total + ops.where(bottom, 0.0, ops.log_sigmoid(-lower))
            total = total + ops.where(ops.logical_or(bottom, top), 0.0, gap)
            earlier.append(at)
        per_position = ops.logsumexp(total, axis=-1)  # (B, *positions)
        return ops.sum(per_position, axis=tuple(range(1, len(per_position.shape))))

    def mean(self, outputs: vaereg.Tensor) -> vaereg.Tensor:
        """The expectation (B, *data).

        For one channel, it is exact up to 32 levels, and within half a level for more (see
        clipped_logistic_mean). The mean of a later channel is averaged over 32 fixed, evenly spread
        values of the earlier channels, which adds an error below 1 % of the range.
        """
        mixture = self._read(outputs)
        weights = ops.softmax(mixture.logits, axis=-1)  # (..., K)
        mixture = mixture.each(lambda array: array[..., None])  # (..., K, 1)
        logistic = ops.convert_to_tensor(self._spread())  # (POINTS, C - 1)
        channels: list[vaereg.Tensor] = []
        earlier: list[vaereg.Tensor] = []
        for channel in range(self.data_channels):
            centre = mixture.conditional_mean(channel, earlier)  # (..., K, 1 or POINTS)
            log_scale = mixture.log_scales[channel]
            expected = clipped_logistic_mean(centre, log_scale, self.levels)
            channels.append(ops.sum(weights * ops.mean(expected, axis=-1), axis=-1))
            if channel + 1 < self.data_channels:
                value = centre + ops.exp(log_scale) * logistic[:, channel]
                earlier.append(self._nearest_level(value))
        return self._to_data(ops.stack(channels, axis=-1))

    def sample(self, outputs: vaereg.Tensor, seed: vaereg.Seed) -> vaereg.Tensor:
        """Draws (B, *data), each value one of the levels."""
        mixture = self._read(outputs)
        seed_component, seed_noise = split_seed(seed, 2)
        positions = ops.shape(mixture.logits)[:-1]
        flat = ops.reshape(mixture.logits, (-1, self.components))
        chosen = keras.random.categorical(flat, 1, seed=seed_component)
        chosen = ops.one_hot(ops.reshape(chosen, positions), self.components, dtype="float32")
        mixture = mixture.each(lambda array: ops.sum(array * chosen, axis=-1))  # (...)
        uniform = keras.random.uniform(
            (self.data_channels, *positions),
            minval=1e-6,  # keeps the logistic finite
            maxval=1.0 - 1e-6,
            dtype="float32",
            seed=seed_noise,
        )
        logistic = ops.log(uniform) - ops.log1p(-uniform)
        values: list[vaereg.Tensor] = []
        for channel in range(self.data_channels):
            centre = mixture.conditional_mean(channel, values)
            value = centre + ops.exp(mixture.log_scales[channel]) * logistic[channel]
            values.append(self._nearest_level(value))
        return self._to_data(ops.stack(values, axis=-1))

    def _read(self, outputs: vaereg.Tensor) -> Mixture:
        outputs = ops.cast(outputs, "float32")
        count, channels = self.components, self.data_channels
        if self.columns:
            width = outputs.shape[-1] // (3 * count)
            outputs = ops.reshape(outputs, (-1, width, 3 * count))
        parts = ops.split(outputs, outputs.shape[-1] // count, axis=-1)  # (..., K) each
        means, raw = parts[1 : 1 + channels], parts[1 + channels : 1 + 2 * channels]
        return Mixture(
            logits=parts[0],
            means=tuple(means),
            log_scales=tuple(soft_clip(part, *LOG_SCALE_BOUNDS) for part in raw),
            coefficients=tuple(ops.tanh(part) for part in parts[1 + 2 * channels :]),
        )

    def _levels_of(self, x: vaereg.Tensor) -> tuple[vaereg.Tensor, vaereg.Tensor, vaereg.Tensor]:
        """The level of each value within [-1, 1], and whether it is the lowest or the highest."""
        low, high = self.support
        top = self.levels - 1
        index = ops.clip(ops.round((ops.cast(x, "float32") - low) * (top / (high - low))), 0, top)
        if self.columns:
            index = index[..., None]
        return index * (2.0 / top) - 1.0, index < 0.5, index > top - 0.5

    def _nearest_level(self, value: vaereg.Tensor) -> vaereg.Tensor:
        """The level in [-1, 1] nearest to a value; its gradient is that of clipping alone."""
        top = self.levels - 1
        clipped = ops.clip(value, -1.0, 1.0)
        rounded = ops.round((clipped + 1.0) * (top / 2.0)) * (2.0 / top) - 1.0
        return clipped + ops.stop_gradient(rounded - clipped)

    def _to_data(self, value: vaereg.Tensor) -> vaereg.Tensor:
        """From [-1, 1] and (..., C) to the data's range and shape."""
        low, high = self.support
        if self.columns:
            value = value[..., 0]
        return low + (value + 1.0) * ((high - low) / 2.0)

    def _spread(self) -> np.ndarray:
        """Evenly spread standard logistic values (POINTS, C - 1).

        The first axis is a regular grid. Along axis j > 0, an additive recurrence steps by phi^-j,
        with phi the root of phi^(C - 1) = phi + 1, a generalised golden ratio.
        """
        axes = self.data_channels - 1
        phi = 2.0
        for _ in range(60):
            phi = (1.0 + phi) ** (1.0 / max(axes, 1))
        index = np.arange(POINTS)[:, None]
        steps = np.concatenate([[1.0 / POINTS], phi ** -np.arange(1.0, max(axes, 1))])[:axes]
        uniform = (0.5 / POINTS + index * steps) % 1.0
        uniform = np.clip(uniform, 0.5 / POINTS, 1.0 - 0.5 / POINTS)
        spread: np.ndarray = (np.log(uniform) - np.log1p(-uniform)).astype(np.float32)
        return spread
