"""The contract of a sampler."""

from __future__ import annotations

from typing import Protocol

import numpy as np


class Sampler(Protocol):
    """Draws latents for new samples; works on numpy arrays, after training.

    Laws: `sample(n, seed)` is a float32 array (n, *latent); equal seeds give equal samples; after
    `restore(state())` a fresh sampler gives equal samples.

    A sampler that asks for conditions is told them as `fit(latents, seed, given=...)` and
    `sample(n, seed, given=...)`: name -> array, one value for each latent, classes as int32.
    """

    def fit(self, latents: np.ndarray, seed: int) -> None:
        """Learns from the encoded training data (n, *latent); may do nothing."""
        ...

    def sample(self, n: int, seed: int) -> np.ndarray:
        """Draws n latents."""
        ...

    def state(self) -> dict[str, np.ndarray]:
        """What `fit` learned, as plain arrays."""
        ...

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Restores a state."""
        ...
