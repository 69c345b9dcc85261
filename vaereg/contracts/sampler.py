"""The contract of a sampler."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from vaereg.contracts.tensor import Seed, Tensor


class Sampler(Protocol):
    """Draws latents for new samples; works on numpy arrays, after training.

    Laws: `sample(n, seed)` is a float32 array (n, *latent); equal seeds give equal samples; after
    `restore(state())` a fresh sampler gives equal samples. It prints nothing: what takes long may
    be told through another argument of `fit`, `tell(text)`, which shows a line of progress.

    A sampler that asks for conditions is told them as `fit(latents, seed, given=...)` and
    `sample(n, seed, given=...)`: name -> array, one value for each latent, classes as int32.

    A sampler that may be exported has `draw(n, seed)` too: the same as a tensor (n, *latent), made
    with keras.ops and keras.random alone, where n may be a tensor, and seed is what
    keras.random takes. Its random numbers may be others than those of `sample`.

    A sampler that learns by steps has `loss` instead; see `TrainedBySteps`.
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


class TrainedBySteps(Protocol):
    """A sampler that is a keras.layers.Layer, trained after the VAE as `train` in its slot says.

    Every epoch draws other latents from q(z given x). The engine averages the loss, keeps the
    weights of the lowest loss on held-out latents, and stores and restores them; `state` and
    `restore` are not needed. The VAE stays as it is. If it has `fit(latents, seed)` too, that is
    called once, before the first step, with encoded training data (n, *latent): it may set weights
    that are not trained, such as a mean and a scale.

    A prior may stand in the slot of a sampler. Its loss is then -log p(z).

    One that asks for conditions is told them as `loss(latent, seed, training, given=...)`,
    `sample(n, seed, given=...)` and `fit(latents, seed, given=...)`.

    Laws: the loss has shape (B,), one finite value per latent, and does not depend on the rest of
    the batch; a gradient of it reaches every trainable weight; draws depend on the seed alone.
    """

    def loss(self, latent: Tensor, seed: Seed, training: bool) -> Tensor:
        """The loss (B,) of latents (B, *latent), to be minimised; draws noise from `seed`."""
        ...

    def sample(self, n: int, seed: int) -> Tensor:
        """Draws n latents (n, *latent), as an array or a tensor."""
        ...
