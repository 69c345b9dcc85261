"""The step that is passed to the terms of the loss; implements `vaereg.contracts.step`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from functools import cached_property
from typing import TypeVar

from keras import ops

from vaereg.assembly.passes import Passes
from vaereg.contracts.conditions import NO_CONDITIONS, Given
from vaereg.contracts.latent import Latent
from vaereg.contracts.objective import Bound
from vaereg.contracts.tensor import Seed, Tensor
from vaereg.model.losses.kl_terms import kl_divergence
from vaereg.model.losses.seen_step import SeenStep

T = TypeVar("T")


class LazyStep:
    """One step, whose expensive values are computed when a term first uses them.

    Args:
        passes: the forward passes.
        conditions: those of the batch, by name; a term sees those that `tell` names.
        x, latent, outputs, global_step, epoch, dataset_size, training, seed: see `vaereg.Step`.
        bound: the terms of the ELBO.
    """

    def __init__(
        self,
        *,
        passes: Passes,
        x: Tensor,
        latent: Latent,
        outputs: Tensor,
        bound: Bound,
        global_step: Tensor,
        epoch: Tensor,
        dataset_size: int,
        training: bool,
        seed: Seed,
        conditions: Given = NO_CONDITIONS,
    ) -> None:
        self.x = x
        self.latent = latent
        self.outputs = outputs
        self.global_step = global_step
        self.epoch = epoch
        self.dataset_size = dataset_size
        self.training = training
        self.seed = seed
        self._untold = passes
        self._passes = passes.told(conditions)
        self.prior = self._passes.prior
        self.likelihood = self._passes.likelihood
        self._conditions = conditions
        self.given: Given = NO_CONDITIONS
        self._bound = bound
        self._shared: dict[Hashable, object] = {}

    @cached_property
    def reconstruction(self) -> Tensor:
        """(B, *data) the likelihood's mean, given the outputs."""
        return self.mean(self.outputs)

    @cached_property
    def prior_latents(self) -> Tensor:
        """(B, *latent) draws from the prior."""
        return self._passes.draw_prior(ops.shape(self.x)[0], self.seed)

    @cached_property
    def generated(self) -> Tensor:
        """(B, *data) the likelihood's mean for draws from the prior."""
        return self.mean(self._passes.decode(self.prior_latents, training=self.training))

    @property
    def log_likelihood(self) -> Tensor:
        """(B,) log p(x given z) of the step's latent."""
        return self._bound.log_likelihood[0]

    @cached_property
    def kl(self) -> Tensor | None:
        """(B, groups) the KL divergence of q from the prior; None for a deterministic posterior."""
        if self.latent.log_q is None:
            return None
        known, draws = self._bound.kl, self._bound.log_likelihood.shape[0]
        return known if known is not None and draws == 1 else kl_divergence(self.latent, self.prior)

    def tell(self, names: Collection[str]) -> None:
        """From here on, `given` holds the conditions of these names and no others."""
        self.given = {name: self._conditions[name] for name in names}

    def encode(self, x: Tensor, draw: bool = False, given: Given | None = None) -> Latent:
        """The latent of other data, with the mode as z, or with a draw from q."""
        passes = self._told(given)
        if draw:
            return passes.encode(x, samples=1, seed=self.seed, training=self.training)
        return passes.encode_mode(x, training=self.training)

    def kl_of(self, latent: Latent, given: Given | None = None) -> Tensor | None:
        """(B, groups) the KL divergence of another latent, as in `kl`."""
        return None if latent.log_q is None else kl_divergence(latent, self._told(given).prior)

    def decode(self, z: Tensor, given: Given | None = None) -> Tensor:
        """The decoder's outputs for other latents."""
        return self._told(given).decode(z, training=self.training)

    def _told(self, given: Given | None) -> Passes:
        return self._passes if given is None else self._untold.told(given)

    def mean(self, outputs: Tensor) -> Tensor:
        """The likelihood's mean, given decoder outputs."""
        return self._passes.mean(outputs)

    def seen(self, see: Callable[[Tensor], Tensor]) -> SeenStep:
        """This step with x, reconstruction and generated through a function."""
        return SeenStep(self, see)

    def shared(self, key: Hashable, compute: Callable[[], T]) -> T:
        """The value under `key`, computed once per step."""
        if key not in self._shared:
            self._shared[key] = compute()
        value: T = self._shared[key]  # type: ignore[assignment]  # of the key's own type
        return value
