"""The parts around a component under test, as simple as their contracts allow."""

from __future__ import annotations

import math

import keras
import numpy as np
from keras import ops

from vaereg.contracts.latent import Latent, log_density_by_dimension
from vaereg.contracts.tensor import Seed, Tensor
from vaereg.testing.cases import Case

HIDDEN = 8
"""The width of a stand-in's hidden layer."""


class StandInPrior:
    """N(0, I)."""

    def __init__(self, case: Case) -> None:
        self.latent_shape = case.latent_shape

    def sample(self, n: int, seed: Seed) -> Tensor:
        """Draws (n, *latent)."""
        return keras.random.normal((n, *self.latent_shape), dtype="float32", seed=seed)

    def log_prob(self, z: Tensor) -> Tensor:
        """log p(z), (B,)."""
        per_dim = -0.5 * (math.log(2 * math.pi) + ops.square(z))
        return ops.sum(per_dim, axis=tuple(range(1, len(per_dim.shape))))


class StandInLikelihood:
    """N(outputs, I)."""

    def channels(self, data_channels: int) -> int:
        """One mean per value."""
        return data_channels

    def log_prob(self, x: Tensor, outputs: Tensor, training: bool = False) -> Tensor:
        """log p(x given z), (B,)."""
        del training
        per_dim = -0.5 * (math.log(2 * math.pi) + ops.square(x - outputs))
        return ops.sum(per_dim, axis=tuple(range(1, len(per_dim.shape))))

    def mean(self, outputs: Tensor) -> Tensor:
        """The outputs themselves."""
        return outputs

    def sample(self, outputs: Tensor, seed: Seed) -> Tensor:
        """Draws (B, *data)."""
        return outputs + keras.random.normal(ops.shape(outputs), dtype="float32", seed=seed)


class TwoParameterLikelihood:
    """N(m, exp(s)) for outputs (..., 2 channels) that hold m and s.

    Its outputs are not data, so whoever takes data for outputs is found out.

    Args:
        case: the data.
    """

    def __init__(self, case: Case) -> None:
        self.data_channels = case.data.channels

    def channels(self, data_channels: int) -> int:
        """A mean and a log variance for each value."""
        return 2 * data_channels

    def _parameters(self, outputs: Tensor) -> tuple[Tensor, Tensor]:
        tensor = ops.convert_to_tensor(outputs, "float32")
        found, due = tensor.shape[-1], 2 * self.data_channels
        if found != due:
            raise ValueError(f"outputs of the decoder have {due} channels here; got {found}")
        return tensor[..., : self.data_channels], tensor[..., self.data_channels :]

    def log_prob(self, x: Tensor, outputs: Tensor, training: bool = False) -> Tensor:
        """log p(x given z), (B,)."""
        del training
        mean, log_var = self._parameters(outputs)
        noise = (x - mean) * ops.exp(-0.5 * log_var)
        per_dim = log_density_by_dimension(log_var, noise)
        return ops.sum(per_dim, axis=tuple(range(1, len(per_dim.shape))))

    def mean(self, outputs: Tensor) -> Tensor:
        """(B, *data)."""
        return self._parameters(outputs)[0]

    def sample(self, outputs: Tensor, seed: Seed) -> Tensor:
        """Draws (B, *data)."""
        mean, log_var = self._parameters(outputs)
        noise = keras.random.normal(ops.shape(mean), dtype="float32", seed=seed)
        return mean + ops.exp(0.5 * log_var) * noise


class StandInCoder:
    """An encoder with a Gaussian posterior, and a decoder, each with one tanh hidden layer.

    Both are nonlinear, so the Jacobian depends on where it is evaluated.

    Args:
        case: the data and the latent shape.
        encoder, decoder: their weights (n,), as `coder_weights` makes them; pass tensors to take
            gradients with respect to them.
    """

    def __init__(self, case: Case, encoder: Tensor = None, decoder: Tensor = None) -> None:
        self.case = case
        made = coder_weights(case)
        self.encoder = made["encoder_weights"] if encoder is None else encoder
        self.decoder = made["decoder_weights"] if decoder is None else decoder

    def encode(self, x: Tensor) -> Latent:
        """The posterior of x, with the mode as z."""
        latent = self.case.latent_shape
        sizes = (self.case.data.dimensions, math.prod(latent))
        mean = ops.reshape(_hidden_layer(x, self.encoder, *sizes), (-1, *latent))
        log_var = -1.0 + 0.1 * ops.tanh(mean)
        by_dimension = log_density_by_dimension(log_var, ops.zeros_like(mean))
        log_q = ops.sum(by_dimension, axis=tuple(range(1, len(by_dimension.shape))))
        return Latent(z=mean, mode=mean, log_var=log_var, log_q=log_q)

    def encode_arrays(self, x: np.ndarray) -> Latent:
        """The posterior of x as numpy arrays, as a trained model returns it."""
        latent = self.encode(ops.convert_to_tensor(x))
        mode, log_var = (np.asarray(ops.convert_to_numpy(v)) for v in (latent.mode, latent.log_var))
        return Latent(z=mode, mode=mode, log_var=log_var)

    def decode_arrays(self, z: np.ndarray) -> np.ndarray:
        """The likelihood's mean (n, *data) as a numpy array, as a trained model returns it."""
        return np.asarray(ops.convert_to_numpy(self.decode(ops.convert_to_tensor(z))))

    def decode(self, z: Tensor) -> Tensor:
        """Outputs (B, *data), one mean per value."""
        data = self.case.data
        sizes = (math.prod(self.case.latent_shape), data.dimensions)
        return ops.reshape(_hidden_layer(z, self.decoder, *sizes), (-1, *data.shape))


def coder_weights(case: Case) -> dict[str, np.ndarray]:
    """Initial weights of a StandInCoder, one array (n,) float32 for each part."""
    rng = np.random.default_rng(13)
    size, latent = case.data.dimensions, math.prod(case.latent_shape)
    return {
        f"{name}_weights": np.concatenate(
            [
                (rng.normal(size=(ins, outs)) / math.sqrt(ins)).ravel()
                for ins, outs in ((first, HIDDEN), (HIDDEN, last))
            ]
        ).astype(np.float32)
        for name, first, last in (("encoder", size, latent), ("decoder", latent, size))
    }


def _hidden_layer(value: Tensor, weights: Tensor, first: int, last: int) -> Tensor:
    """(B, ...) of `first` numbers -> (B, last)."""
    cut = first * HIDDEN
    hidden = ops.tanh(
        ops.matmul(ops.reshape(value, (-1, first)), ops.reshape(weights[:cut], (first, HIDDEN)))
    )
    return ops.matmul(hidden, ops.reshape(weights[cut:], (HIDDEN, last)))
