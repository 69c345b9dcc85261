"""The sampler that draws from the prior."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from keras import ops

import vaereg

if TYPE_CHECKING:
    from vaereg.component import NoParams


class Prior:
    """Draws latents from the model's own prior; there is nothing to fit.

    Raises:
        ValueError: if it is built before the prior.
    """

    def __init__(self, params: NoParams, context: vaereg.BuildContext) -> None:
        del params
        if context.prior is None:
            raise ValueError("the sampler 'prior' must be built after the prior (context.prior)")
        self.prior = context.prior

    def fit(
        self, latents: np.ndarray, seed: int, given: Mapping[str, np.ndarray] | None = None
    ) -> None:
        """Does nothing: the prior was trained with the model."""
        del latents, seed, given

    def sample(
        self, n: int, seed: int, given: Mapping[str, np.ndarray] | None = None
    ) -> np.ndarray:
        """Draws (n, *latent) float32, with these conditions if the prior asks for any."""
        told = {} if given is None else {"given": given}
        drawn = self.prior.sample(n, seed, **told)
        return np.asarray(ops.convert_to_numpy(drawn), dtype=np.float32)

    def draw(
        self,
        n: int | vaereg.Tensor,
        seed: vaereg.Seed,
        given: Mapping[str, vaereg.Tensor] | None = None,
    ) -> vaereg.Tensor:
        """The same as a tensor, for exports."""
        return self.prior.sample(n, seed, **({} if given is None else {"given": given}))

    def state(self) -> dict[str, np.ndarray]:
        """Empty: the prior's weights belong to the model."""
        return {}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Accepts an empty state.

        Raises:
            vaereg.RunError: for any other state.
        """
        if state:
            raise vaereg.RunError(
                f"the state of sampler 'prior' is empty; got {sorted(state)}. It was written by "
                "another sampler; fit this one again."
            )
