"""The passes through the parts of a model, each ending in float32 whatever the dtype policy."""

from __future__ import annotations

from typing import Any

from keras import ops

from vaereg.contracts.latent import Latent


def as_float32(value: Any) -> Any:
    """The value in float32; None stays None."""
    return None if value is None else ops.cast(value, "float32")


class Passes:
    """Encoder, posterior, decoder, prior and likelihood as functions of float32 tensors."""

    def __init__(
        self, *, encoder: Any, posterior: Any, decoder: Any, likelihood: Any, prior: Any = None
    ) -> None:
        self.encoder = encoder
        self.posterior = posterior
        self.decoder = decoder
        self.prior = prior
        self.likelihood = likelihood

    def encode(self, x: Any, *, samples: int, seed: Any, training: bool) -> Latent:
        """`samples` draws from q(z given x) per example, K-major."""
        features = self.encoder(x, training=training)
        latent = self.posterior(features, samples=samples, seed=seed, training=training)
        return latent._replace(
            z=as_float32(latent.z),
            mode=as_float32(latent.mode),
            log_var=as_float32(latent.log_var),
            log_q=as_float32(latent.log_q),
        )

    def encode_mode(self, x: Any, *, training: bool = False) -> Latent:
        """The posterior of x with its mode as z; draws no noise that matters."""
        latent = self.encode(x, samples=1, seed=0, training=training)
        return latent._replace(z=latent.mode)

    def decode(self, z: Any, *, training: bool = False) -> Any:
        """Decoder outputs of z."""
        return as_float32(self.decoder(z, training=training))

    def mean(self, outputs: Any) -> Any:
        """The likelihood's mean of decoder outputs."""
        return as_float32(self.likelihood.mean(outputs))

    def draw_prior(self, n: Any, seed: Any) -> Any:
        """n latents from the prior."""
        return as_float32(self.prior.sample(n, seed))

    def reconstruct(self, x: Any) -> Any:
        """The likelihood's mean at the mode of the posterior."""
        return self.mean(self.decode(self.encode_mode(x).z))
