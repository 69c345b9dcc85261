"""A step whose examples are seen through a function, such as an augmentation."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import cached_property
from typing import TypeVar

from vaereg.contracts.latent import Latent
from vaereg.contracts.likelihood import Likelihood
from vaereg.contracts.prior import Prior
from vaereg.contracts.step import Step
from vaereg.contracts.tensor import Seed, Tensor

T = TypeVar("T")


class SeenStep:
    """Another step, with x, reconstruction and generated through a function.

    Args:
        step: the other step.
        see: values (B, *data) -> values (B, *data); called when a value is first used.
    """

    def __init__(self, step: Step, see: Callable[[Tensor], Tensor]) -> None:
        self._step = step
        self._see = see
        self._shared: dict[Hashable, object] = {}

    @cached_property
    def x(self) -> Tensor:
        """(B, *data) the data, as it is seen."""
        return self._see(self._step.x)

    @cached_property
    def reconstruction(self) -> Tensor:
        """(B, *data) the likelihood's mean, as it is seen."""
        return self._see(self._step.reconstruction)

    @cached_property
    def generated(self) -> Tensor:
        """(B, *data) the likelihood's mean for draws from the prior, as it is seen."""
        return self._see(self._step.generated)

    @property
    def latent(self) -> Latent:
        """The latent of the step."""
        return self._step.latent

    @property
    def outputs(self) -> Tensor:
        """The decoder's outputs of the step."""
        return self._step.outputs

    @property
    def prior_latents(self) -> Tensor:
        """(B, *latent) draws from the prior."""
        return self._step.prior_latents

    @property
    def log_likelihood(self) -> Tensor:
        """(B,) that of the step."""
        return self._step.log_likelihood

    @property
    def kl(self) -> Tensor:
        """(B, groups) that of the step."""
        return self._step.kl

    @property
    def global_step(self) -> Tensor:
        """The number of steps before this one."""
        return self._step.global_step

    @property
    def epoch(self) -> Tensor:
        """The same number in epochs."""
        return self._step.epoch

    @property
    def dataset_size(self) -> int:
        """The number of training examples."""
        return self._step.dataset_size

    @property
    def training(self) -> bool:
        """Whether this is a training step."""
        return self._step.training

    @property
    def seed(self) -> Seed:
        """The generator of the step."""
        return self._step.seed

    @property
    def given(self) -> Mapping[str, Tensor]:
        """The conditions of the examples."""
        return self._step.given

    @property
    def prior(self) -> Prior:
        """The prior."""
        return self._step.prior

    @property
    def likelihood(self) -> Likelihood:
        """The likelihood."""
        return self._step.likelihood

    def encode(
        self, x: Tensor, draw: bool = False, given: Mapping[str, Tensor] | None = None
    ) -> Latent:
        """The latent of other data."""
        return self._step.encode(x, draw, given)

    def kl_of(self, latent: Latent, given: Mapping[str, Tensor] | None = None) -> Tensor:
        """The KL divergence of another latent."""
        return self._step.kl_of(latent, given)

    def decode(self, z: Tensor, given: Mapping[str, Tensor] | None = None) -> Tensor:
        """The decoder's outputs for other latents."""
        return self._step.decode(z, given)

    def mean(self, outputs: Tensor) -> Tensor:
        """The likelihood's mean, given decoder outputs."""
        return self._step.mean(outputs)

    def seen(self, see: Callable[[Tensor], Tensor]) -> SeenStep:
        """This step through one more function."""
        return SeenStep(self, see)

    def shared(self, key: Hashable, compute: Callable[[], T]) -> T:
        """The value under `key`, computed once for what is seen; the step itself has its own."""
        if key not in self._shared:
            self._shared[key] = compute()
        value: T = self._shared[key]  # type: ignore[assignment]  # of the key's own type
        return value
