"""The step that is passed to the terms of the loss; implements `vaereg.contracts.step`."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import TypeVar

from keras import ops

from vaereg.assembly.passes import Passes
from vaereg.contracts.latent import Latent
from vaereg.contracts.tensor import Seed, Tensor

T = TypeVar("T")


class LazyStep:
    """One step, whose expensive values are computed when a term first uses them."""

    def __init__(
        self,
        *,
        passes: Passes,
        x: Tensor,
        latent: Latent,
        outputs: Tensor,
        global_step: Tensor,
        epoch: Tensor,
        dataset_size: int,
        training: bool,
        seed: Seed,
    ) -> None:
        self.x = x
        self.latent = latent
        self.outputs = outputs
        self.global_step = global_step
        self.epoch = epoch
        self.dataset_size = dataset_size
        self.training = training
        self.seed = seed
        self.prior = passes.prior
        self.likelihood = passes.likelihood
        self._passes = passes
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

    def encode(self, x: Tensor) -> Latent:
        """The latent of other data, with the mode as z."""
        return self._passes.encode_mode(x, training=self.training)

    def decode(self, z: Tensor) -> Tensor:
        """The decoder's outputs for other latents."""
        return self._passes.decode(z, training=self.training)

    def mean(self, outputs: Tensor) -> Tensor:
        """The likelihood's mean, given decoder outputs."""
        return self._passes.mean(outputs)

    def shared(self, key: Hashable, compute: Callable[[], T]) -> T:
        """The value under `key`, computed once per step."""
        if key not in self._shared:
            self._shared[key] = compute()
        value: T = self._shared[key]  # type: ignore[assignment]  # of the key's own type
        return value
