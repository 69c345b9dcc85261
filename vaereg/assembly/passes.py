"""The forward passes through a model's parts; results are float32 for every dtype policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Self

import attrs
from keras import ops

from vaereg.assembly.parts import Parts
from vaereg.assembly.told import told
from vaereg.contracts.addresses import PARTS
from vaereg.contracts.conditions import Given
from vaereg.contracts.decoder import Decoder
from vaereg.contracts.encoder import Encoder
from vaereg.contracts.latent import Latent
from vaereg.contracts.likelihood import Likelihood, log_density_of
from vaereg.contracts.posterior import Posterior
from vaereg.contracts.prior import Prior
from vaereg.contracts.tensor import Seed, Tensor


def as_float32(value: Tensor) -> Tensor:
    """The value in float32; None stays None."""
    return None if value is None else ops.cast(value, "float32")


@attrs.frozen(kw_only=True, eq=False)
class Passes:
    """Encoder, posterior, decoder, prior and likelihood as functions of float32 tensors.

    Args:
        prior: None until the prior is built; before that, `draw_prior` cannot be used.
        groups: the names of the latent's groups.
        asked: the conditions that a part asks for, by its name; see `told`.
        tap: called with every output of the decoder, and returns what to use instead of it.
    """

    encoder: Encoder
    posterior: Posterior
    decoder: Decoder
    likelihood: Likelihood
    _prior: Prior | None = None
    groups: Sequence[str] = ()
    asked: Mapping[str, Sequence[str]] = attrs.field(factory=dict)
    tap: Callable[[Tensor], Tensor] | None = None

    @classmethod
    def of(cls, parts: Parts) -> Self:
        """The forward passes through all built parts."""
        return cls(
            encoder=parts.encoder,
            posterior=parts.posterior,
            decoder=parts.decoder,
            likelihood=parts.likelihood,
            prior=parts.prior,
            groups=parts.latent.names,
            asked={name: parts.told[name] for name in PARTS if parts.told.get(name)},
        )

    def told(self, given: Given) -> Passes:
        """The passes of a batch with these conditions; each part hears only what it asks for.

        Args:
            given: the conditions by name, one for each example. If a part asks for another one,
                using that part raises a UsageError.
        """
        if not self.asked:
            return self
        parts = {name: getattr(self, "_prior" if name == "prior" else name) for name in PARTS}
        heard = {
            name: told(part, self.asked.get(name, ()), given, name) for name, part in parts.items()
        }
        return attrs.evolve(self, asked={}, **heard)

    @property
    def prior(self) -> Prior:
        """The prior.

        Raises:
            ValueError: if it is not built yet.
        """
        if self._prior is None:
            raise ValueError("the prior is not built yet")
        return self._prior

    def encode(self, x: Tensor, *, samples: int, seed: Seed, training: bool) -> Latent:
        """`samples` draws from q(z given x) per example, K-major."""
        features = self.encoder(x, training=training)
        latent = self.posterior(features, samples=samples, seed=seed, training=training)
        return latent._replace(
            z=as_float32(latent.z),
            mode=as_float32(latent.mode),
            log_var=as_float32(latent.log_var),
            log_q=as_float32(latent.log_q),
        )

    def encode_mode(self, x: Tensor, *, training: bool = False) -> Latent:
        """The posterior of x with its mode as z, which does not depend on noise."""
        latent = self.encode(x, samples=1, seed=0, training=training)
        return latent._replace(z=latent.mode)

    def decode(self, z: Tensor, *, training: bool = False) -> Tensor:
        """The decoder's outputs for latents z (B, *latent)."""
        outputs = as_float32(self.decoder(z, training=training))
        return outputs if self.tap is None else self.tap(outputs)

    def mean(self, outputs: Tensor) -> Tensor:
        """The likelihood's mean, given decoder outputs."""
        return as_float32(self.likelihood.mean(outputs))

    @property
    def draws(self) -> bool:
        """Whether an example is shown as a draw of the likelihood instead of its mean."""
        return bool(getattr(self.likelihood, "draws", False))

    def shown(self, outputs: Tensor, seed: Seed) -> Tensor:
        """Examples (B, *data) as people see them: the likelihood's mean, or a draw if it draws."""
        if not self.draws:
            return self.mean(outputs)
        return as_float32(self.likelihood.sample(outputs, seed))

    def log_likelihood(
        self, x: Tensor, outputs: Tensor, *, seed: Seed, training: bool = False
    ) -> Tensor:
        """log p(x given z), (B,); the likelihood gets the seed if it asks for it."""
        found = log_density_of(self.likelihood, x, outputs, seed=seed, training=training)
        return as_float32(found)

    def draw_prior(self, n: int | Tensor, seed: Seed) -> Tensor:
        """n latents from the prior."""
        return as_float32(self.prior.sample(n, seed))

    def reconstruct(self, x: Tensor) -> Tensor:
        """The likelihood's mean at the mode of the posterior."""
        return self.mean(self.decode(self.encode_mode(x).z))

    def shown_reconstruction(self, x: Tensor, seed: Seed) -> Tensor:
        """The example at the mode of the posterior, as people see it."""
        return self.shown(self.decode(self.encode_mode(x).z), seed)
