"""A hand-made step, to try terms without the engine."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

import keras
from keras import ops

from vaereg.contracts.latent import Latent, log_density_by_dimension
from vaereg.contracts.tensor import Seed, Tensor
from vaereg.model.losses.kl_terms import kl_divergence
from vaereg.model.losses.seen_step import SeenStep


class StandInStep:
    """A hand-made step that keeps the contract of `vaereg.Step`.

    Defaults fill what is not given: outputs and reconstruction are x, prior_latents are standard
    normal draws with the shape of the latent, generated is the reconstruction, `encode` returns the
    mode of the step's latent, and log_likelihood is minus half the squared error of the
    reconstruction. Only `decode` has no default.

    Args:
        x: (B, *data).
        latent: a Latent, or z (B, *latent) of a deterministic posterior.
        outputs: (B, *data[:-1], channels); by default x.
        reconstruction: (B, *data); by default `likelihood.mean(outputs)`, or outputs without a
            likelihood.
        prior_latents: (B, *latent).
        generated: (B, *data).
        global_step, epoch: how many steps and epochs came before this step.
        dataset_size: the number of training examples.
        training: whether this is a training step.
        seed: an integer or a keras.random.SeedGenerator.
        prior, likelihood: these parts of the model, or None.
        encode: x -> Latent; decode: z -> outputs.
        log_likelihood: (B,).
        kl: (B, groups); by default that of the prior, or 0 without a prior.
        given: the conditions that the term asks for, by name.
    """

    def __init__(
        self,
        x: Tensor,
        latent: Latent | Tensor,
        outputs: Tensor = None,
        reconstruction: Tensor = None,
        *,
        prior_latents: Tensor = None,
        generated: Tensor = None,
        global_step: int = 0,
        epoch: float = 0.0,
        dataset_size: int = 1000,
        training: bool = True,
        seed: Seed = 0,
        prior: Any = None,  # a Prior, or a test's own with the methods that it needs
        likelihood: Any = None,  # a Likelihood, or as prior
        encode: Callable[[Tensor], Latent] | None = None,
        decode: Callable[[Tensor], Tensor] | None = None,
        log_likelihood: Tensor = None,
        kl: Tensor = None,
        given: Mapping[str, Tensor] | None = None,
    ) -> None:
        self.x = ops.convert_to_tensor(x)
        self.latent = latent if isinstance(latent, Latent) else Latent(z=latent, mode=latent)
        self.outputs = self.x if outputs is None else outputs
        self.prior = prior
        self.likelihood = likelihood
        self.global_step = ops.convert_to_tensor(global_step, "int32")
        self.epoch = ops.convert_to_tensor(epoch, "float32")
        self.dataset_size = dataset_size
        self.training = training
        self.seed = keras.random.SeedGenerator(seed) if isinstance(seed, int) else seed
        self._given = {
            "reconstruction": reconstruction,
            "prior_latents": prior_latents,
            "generated": generated,
            "log_likelihood": log_likelihood,
            "kl": kl,
        }
        self.given: Mapping[str, Tensor] = given or {}
        self._encode = encode
        self._decode = decode
        self._shared: dict[Hashable, Any] = {}  # values of any type

    @property
    def reconstruction(self) -> Tensor:
        """(B, *data)."""
        return self._given_or_made("reconstruction", lambda: self.mean(self.outputs))

    @property
    def prior_latents(self) -> Tensor:
        """(B, *latent)."""
        return self._given_or_made("prior_latents", self._draw_prior)

    @property
    def generated(self) -> Tensor:
        """(B, *data)."""
        return self._given_or_made("generated", self._generate)

    @property
    def log_likelihood(self) -> Tensor:
        """(B,)."""
        return self._given_or_made("log_likelihood", self._squared_error)

    @property
    def kl(self) -> Tensor:
        """(B, groups)."""
        return self._given_or_made("kl", lambda: self.kl_of(self.latent))

    def encode(
        self, x: Tensor, draw: bool = False, given: Mapping[str, Tensor] | None = None
    ) -> Latent:
        """Latent of other data, with the mode as z, or a draw of the diagonal Gaussian."""
        del given
        latent = self.latent if self._encode is None else self._encode(x)
        if not draw or latent.log_var is None:
            return latent._replace(z=latent.mode)
        noise = keras.random.normal(ops.shape(latent.mode), dtype="float32", seed=self.seed)
        by_dimension = log_density_by_dimension(latent.log_var, noise)
        return latent._replace(
            z=latent.mode + ops.exp(0.5 * latent.log_var) * noise,
            log_q=ops.sum(by_dimension, axis=tuple(range(1, len(noise.shape)))),
        )

    def kl_of(self, latent: Latent, given: Mapping[str, Tensor] | None = None) -> Tensor:
        """(B, groups) the KL divergence of another latent; 0 without a prior."""
        del given
        if self.prior is None:
            return ops.zeros((latent.z.shape[0], 1))
        return kl_divergence(latent, self.prior)

    def decode(self, z: Tensor, given: Mapping[str, Tensor] | None = None) -> Tensor:
        """Decoder outputs of other latents.

        Raises:
            ValueError: if the step was made without `decode`.
        """
        del given
        if self._decode is None:
            raise ValueError("this StandInStep has no decoder; pass decode=, a function of z")
        return self._decode(z)

    def mean(self, outputs: Tensor) -> Tensor:
        """The likelihood's mean; without a likelihood, the outputs themselves."""
        return outputs if self.likelihood is None else self.likelihood.mean(outputs)

    def seen(self, see: Callable[[Tensor], Tensor]) -> SeenStep:
        """This step with x, reconstruction and generated through a function."""
        return SeenStep(self, see)

    def shared(self, key: Hashable, compute: Callable[[], Any]) -> Any:  # of any type
        """The value under `key`, computed once."""
        if key not in self._shared:
            self._shared[key] = compute()
        return self._shared[key]

    def _given_or_made(self, name: str, make: Callable[[], Tensor]) -> Tensor:
        given = self._given[name]
        return self.shared(("made", name), make) if given is None else given

    def _draw_prior(self) -> Tensor:
        if self.prior is not None:
            return self.prior.sample(self.x.shape[0], self.seed)
        shape = ops.shape(self.latent.z)
        return keras.random.normal(shape, dtype="float32", seed=self.seed)

    def _squared_error(self) -> Tensor:
        error = ops.square(self.x - self.reconstruction)
        return -0.5 * ops.sum(error, axis=tuple(range(1, len(error.shape))))

    def _generate(self) -> Tensor:
        if self._decode is None:
            return self.reconstruction
        return self.mean(self._decode(self.prior_latents))
