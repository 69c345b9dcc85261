"""What the terms of the loss may use in one step."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Protocol, TypeVar

from vaereg.contracts.latent import Latent
from vaereg.contracts.likelihood import Likelihood
from vaereg.contracts.prior import Prior
from vaereg.contracts.tensor import Seed, Tensor

T = TypeVar("T")


class Step(Protocol):
    """One training or validation step; each value is computed when a term first uses it.

    B is the batch size. With K importance samples, all values belong to the first sample.

    Attributes:
        x: (B, *data) float32, the data; in training, after the augmentations of the data.
        latent: Latent with leading axis B.
        outputs: (B, *data[:-1], channels) float32, the decoder's outputs for `latent.z`; in
            training, for what augmentations of latents make of it.
        reconstruction: (B, *data) the likelihood's mean of `outputs`.
        prior_latents: (B, *latent) draws from the prior.
        generated: (B, *data) the likelihood's mean of the decoded `prior_latents`.
        global_step: scalar int32, the number of steps before this one.
        epoch: scalar float32, the same number in epochs, fractional.
        dataset_size: the number N of training examples; in `fit`, of those that it gets. Where
            batches are made one by one, it is steps times batch size, once these are known.
        training: whether this is a training step.
        log_likelihood: (B,) log p(x given z) of the latent.
        kl: (B, groups) the KL divergence of q from the prior; None for a deterministic posterior.
        seed: the keras.random.SeedGenerator for the term's own draws.
        given: the conditions of the examples that the term asks for, by name, (B, ...): class
            numbers int32, others float32. Empty for a term that asks for none.
        prior, likelihood: these parts of the model; if they ask for conditions, they have been told
            those of the examples.

    `encode`, `kl_of` and `decode` tell the parts the conditions of the examples, in their order.
    For other rows than these, pass the conditions as `given`.
    """

    @property
    def x(self) -> Tensor: ...
    @property
    def latent(self) -> Latent: ...
    @property
    def outputs(self) -> Tensor: ...
    @property
    def reconstruction(self) -> Tensor: ...
    @property
    def prior_latents(self) -> Tensor: ...
    @property
    def generated(self) -> Tensor: ...
    @property
    def log_likelihood(self) -> Tensor: ...
    @property
    def kl(self) -> Tensor: ...
    @property
    def global_step(self) -> Tensor: ...
    @property
    def epoch(self) -> Tensor: ...
    @property
    def dataset_size(self) -> int: ...
    @property
    def training(self) -> bool: ...
    @property
    def seed(self) -> Seed: ...
    @property
    def given(self) -> Mapping[str, Tensor]: ...
    @property
    def prior(self) -> Prior: ...
    @property
    def likelihood(self) -> Likelihood: ...

    def encode(
        self, x: Tensor, draw: bool = False, given: Mapping[str, Tensor] | None = None
    ) -> Latent:
        """Latent of other data (B, *data), with the mode as z, or with a draw from q."""
        ...

    def kl_of(self, latent: Latent, given: Mapping[str, Tensor] | None = None) -> Tensor:
        """The KL divergence (B, groups) of another latent, None where it has no density."""
        ...

    def decode(self, z: Tensor, given: Mapping[str, Tensor] | None = None) -> Tensor:
        """Decoder outputs (B, *data[:-1], channels) float32 for other latents (B, *latent)."""
        ...

    def mean(self, outputs: Tensor) -> Tensor:
        """The likelihood's mean (B, *data) of decoder outputs."""
        ...

    def seen(self, see: Callable[[Tensor], Tensor]) -> Step:
        """The step with x, reconstruction and generated, (B, *data) each, through a function.

        So a discriminator sees real and generated examples through one augmentation:
        `step.seen(lambda values: self.augment(values, step.seed))`. The function is called for each
        of the three when it is first used, with new draws of a SeedGenerator. Everything else is
        that of the step, but values under `shared` keys are kept apart.
        """
        ...

    def shared(self, key: Hashable, compute: Callable[[], T]) -> T:
        """The value under `key`, computed once per step and shared by all terms."""
        ...
