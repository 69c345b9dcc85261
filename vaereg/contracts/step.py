"""What a term of the loss may look at during one step."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Protocol

from vaereg.contracts.latent import Latent


class Step(Protocol):
    """One training or validation step, computed lazily: what no term asks for is not computed.

    B is the batch; with K importance samples, everything here is the first of the K.

    Attributes:
        x: (B, *data) float32, the data.
        latent: Latent with leading axis B.
        outputs: (B, *data[:-1], channels) float32, what the decoder made of `latent.z`.
        reconstruction: (B, *data) the likelihood's mean of `outputs`.
        prior_latents: (B, *latent) draws from the prior.
        generated: (B, *data) the likelihood's mean of the decoded `prior_latents`.
        global_step: scalar int32, how many steps were made before this one.
        epoch: scalar float32, the same in epochs, fractional.
        dataset_size: the number N of training examples.
        training: whether this is a training step.
        seed: the keras.random.SeedGenerator for the term's own draws.
        prior, likelihood: those parts.
    """

    x: Any
    latent: Latent
    outputs: Any
    reconstruction: Any
    prior_latents: Any
    generated: Any
    global_step: Any
    epoch: Any
    dataset_size: int
    training: bool
    seed: Any
    prior: Any
    likelihood: Any

    def encode(self, x: Any) -> Latent:
        """Latent of other data (B, *data), with the mode as z."""
        ...

    def decode(self, z: Any) -> Any:
        """Decoder outputs (B, *data[:-1], channels) float32 for other latents (B, *latent)."""
        ...

    def mean(self, outputs: Any) -> Any:
        """The likelihood's mean (B, *data) of decoder outputs."""
        ...

    def shared(self, key: Hashable, compute: Callable[[], Any]) -> Any:
        """The value under `key`, computed once a step: shared by the terms that ask for it."""
        ...
