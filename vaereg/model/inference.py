"""Inference with a VAE on numpy arrays: encoding, decoding, reconstruction and sampling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from vaereg.assembly.passes import as_float32
from vaereg.contracts.latent import Latent, log_density_by_dimension, reparameterized
from vaereg.contracts.sampler import Sampler
from vaereg.contracts.tensor import Tensor
from vaereg.model.losses.kl_terms import kl_divergence
from vaereg.model.players_model import PlayersModel

BATCH = 256
"""Examples per batch."""


class UseAfterTraining(PlayersModel):
    """Inference with the VAE; uses the averaged weights if the declaration sets `ema`."""

    def encode(self, x: np.ndarray) -> Latent:
        """The posterior of x (n, *data) as numpy arrays, with its mode as z."""
        mode, *log_var = self._apply("encode", self._encode_arrays, x)
        return Latent(mode, mode, log_var[0] if log_var else None)

    def _encode_arrays(self, x: Tensor) -> tuple[Tensor, ...]:
        latent = self._passes.encode_mode(x)
        return (latent.mode,) if latent.log_var is None else (latent.mode, latent.log_var)

    def decode(self, z: np.ndarray) -> np.ndarray:
        """The likelihood's mean (n, *data) for latents (n, *latent), as numpy."""
        (mean,) = self._apply("decode", lambda v: (self._passes.mean(self._passes.decode(v)),), z)
        return mean

    def reconstruct(self, x: np.ndarray) -> np.ndarray:
        """Reconstructions (n, *data) of x at the mode of the posterior, as numpy."""
        (mean,) = self._apply("reconstruct", lambda v: (self._passes.reconstruct(v),), x)
        return mean

    def sample(self, n: int, seed: int = 0, sampler: Sampler | None = None) -> np.ndarray:
        """n new examples (n, *data), as numpy.

        Args:
            n: how many.
            seed: equal seeds give equal samples.
            sampler: a fitted sampler; None draws latents from the prior.
        """
        if sampler is not None:
            return self.decode(sampler.sample(n, seed))
        return self.decode(self.draw_prior(n, seed))

    def draw_prior(self, n: int, seed: int) -> np.ndarray:
        """n latents (n, *latent) from the prior, as numpy."""
        with self.averaged():
            return np.asarray(ops.convert_to_numpy(self._passes.draw_prior(n, seed)))

    def draw_posterior(
        self,
        x: np.ndarray,
        samples: int,
        seed: int,
        *,
        seeds: Sequence[int] | None = None,
        latent: Latent | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """K draws from q(z given x) for each x (n, *data), as numpy.

        Args:
            x: the data.
            samples: K.
            seed: equal seeds give equal draws.
            seeds: one seed for each x, instead of `seed`. They are used only if the posterior gives
                `log_var`; any other posterior draws whole batches itself.
            latent: the result of `encode` for x, if it is known already.

        Returns:
            z (n, K, *latent) float32 and log q(z given x) (n, K) float64.

        Raises:
            ValueError: if the posterior is deterministic and so has no density.
        """
        latent = self.encode(x) if latent is None else latent
        if latent.log_var is not None:
            return _gaussian_draws(latent, _noise(latent, samples, seed, seeds))
        return self._drawn_by_the_posterior(np.asarray(x, "float32"), samples, seed)

    def _drawn_by_the_posterior(
        self, x: np.ndarray, samples: int, seed: int
    ) -> tuple[np.ndarray, np.ndarray]:
        draws, densities = [], []
        with self.averaged():
            for number, start in enumerate(range(0, len(x), BATCH)):
                latent = self._passes.encode(
                    ops.convert_to_tensor(x[start : start + BATCH]),
                    samples=samples,
                    seed=int(np.random.default_rng((seed, number)).integers(2**31)),
                    training=False,
                )
                if latent.log_q is None:
                    raise ValueError("a deterministic posterior has no density to draw from")
                z = np.asarray(ops.convert_to_numpy(latent.z))
                draws.append(z.reshape(samples, -1, *z.shape[1:]).swapaxes(0, 1))
                log_q = np.asarray(ops.convert_to_numpy(latent.log_q), "float64")
                densities.append(log_q.reshape(samples, -1).T)
        return np.concatenate(draws), np.concatenate(densities)

    def log_joint(self, x: np.ndarray, z: np.ndarray) -> np.ndarray:
        """log p(x given z) + log p(z), (n, K), for x (n, *data) at latents z (n, K, *latent)."""

        def joint(data: Tensor, latents: Tensor) -> tuple[Tensor]:
            samples = latents.shape[1]
            flat = ops.reshape(latents, (-1, *latents.shape[2:]))
            outputs = self._passes.decode(flat)
            repeated = ops.repeat(data, samples, axis=0)
            log_p = as_float32(self._passes.likelihood.log_prob(repeated, outputs))
            log_p = log_p + as_float32(self._passes.prior.log_prob(flat))
            return (ops.reshape(log_p, (-1, samples)),)

        batch = max(1, 2 * BATCH // z.shape[1])
        (log_joint,) = self._apply(f"log_joint_{z.shape[1]}", joint, x, z, batch=batch)
        return log_joint

    def kl_divergences(self, x: np.ndarray) -> np.ndarray | None:
        """KL(q(z given x) || p) for x (n, *data) by group of latent dimensions, (n, groups).

        In closed form if the prior has one, otherwise estimated from 16 draws, in one group. None
        if the posterior is deterministic.
        """
        if self.is_deterministic:
            return None
        closed = self.closed_kl_divergences(x)
        if closed is not None:
            return closed
        z, log_q = self.draw_posterior(x, 16, 0)
        estimate: np.ndarray = np.mean(log_q - self.log_prior(z), axis=1, keepdims=True)
        return estimate

    def closed_kl_divergences(self, x: np.ndarray) -> np.ndarray | None:
        """KL(q(z given x) || p) in closed form, (n, groups); None if the prior has no such form."""
        prior = self._passes.prior
        if not hasattr(prior, "kl") or self.encode(x[:1]).log_var is None:
            return None
        (kl,) = self._apply(
            "kl_divergences", lambda v: (kl_divergence(self._passes.encode_mode(v), prior),), x
        )
        return kl

    def log_prior(self, z: np.ndarray) -> np.ndarray:
        """log p(z) of latents z (n, K, *latent): (n, K)."""
        flat = z.reshape(-1, *z.shape[2:])
        (log_p,) = self._apply("log_prior", lambda v: (self._passes.prior.log_prob(v),), flat)
        return log_p.reshape(z.shape[:2])

    @property
    def is_deterministic(self) -> bool:
        """Whether the posterior is a point: then there is no KL divergence and no bound."""
        with self.averaged():
            x = ops.zeros((1, *self.parts.data_spec.shape), "float32")
            return self._passes.encode(x, samples=1, seed=0, training=False).log_q is None

    def _apply(
        self,
        name: str,
        function: Callable[..., tuple[Tensor, ...]],
        *inputs: np.ndarray,
        batch: int = BATCH,
    ) -> tuple[np.ndarray, ...]:
        """Applies a function of batches, compiled once per name, to all examples; as numpy."""
        self.synchronise()
        compiled = self._untracked.functions
        if name not in compiled:
            compiled[name] = _Compiled(f"vae_{name}", function, [*self.layers])
        arrays = [np.asarray(each, "float32") for each in inputs]
        with self.averaged():
            results: tuple[np.ndarray, ...] = compiled[name].predict(
                arrays if len(arrays) > 1 else arrays[0], batch_size=batch, verbose=0
            )
        return results


class _Compiled(keras.Model):
    """A function of a batch as a model, so that Keras compiles and batches it on any backend.

    Its layers belong to the VAE. Since this model holds them, the function gets their variables.
    """

    def __init__(
        self,
        name: str,
        function: Callable[..., tuple[Tensor, ...]],
        layers: list[keras.layers.Layer],
    ) -> None:
        # The inputs are data and latents: they stay in float32 whatever the dtype policy is now.
        super().__init__(name=name, dtype="float32")
        self._parts = layers
        self._function = function
        self.built = True
        self.compile(jit_compile="auto")

    def predict(
        self,
        *args: Any,  # those of keras.Model.predict, which has no types
        **kwargs: Any,  # likewise
    ) -> tuple[np.ndarray, ...]:
        """As in Keras, but the layers keep their weights if the user interrupts it.

        On JAX, Keras takes the weights out of a model while it predicts and donates them to its
        program. Only at the end does it put the returned weights back.
        """
        variables = self.variables if keras.backend.backend() == "jax" else []
        copies = [ops.copy(variable.value) for variable in variables]
        try:
            results: tuple[np.ndarray, ...] = super().predict(*args, **kwargs)
        except BaseException:
            for variable, value in zip(variables, copies, strict=True):
                variable.assign(value)
            raise
        return results

    def call(self, inputs: Tensor | Sequence[Tensor]) -> tuple[Tensor, ...]:
        """Applies the function."""
        return (
            self._function(*inputs) if isinstance(inputs, list | tuple) else self._function(inputs)
        )


def _noise(latent: Latent, samples: int, seed: int, seeds: Sequence[int] | None) -> np.ndarray:
    """Standard normal (n, samples, *latent)."""
    count, *shape = latent.mode.shape
    if seeds is None:
        return np.random.default_rng(seed).standard_normal((count, samples, *shape))
    return np.stack([np.random.default_rng(s).standard_normal((samples, *shape)) for s in seeds])


def _gaussian_draws(latent: Latent, noise: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    assert latent.log_var is not None
    mean, log_var = latent.mode[:, None], latent.log_var[:, None]
    z = reparameterized(mean, log_var, noise)
    by_dimension = log_density_by_dimension(np.asarray(log_var, "float64"), noise)
    return z, by_dimension.sum(axis=tuple(range(2, by_dimension.ndim)))
