"""A model view built from plain arrays, so that a metric can be tried on known latents."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import numpy as np

NOTHING = np.zeros((0, 0))


@attrs.define(kw_only=True, eq=False)
class MadeModel:
    """A metric's view of a model; see `vaereg.contracts.evidence.ModelView`.

    Args:
        weights: (samples, examples) -> log weights of that shape.
    """

    deterministic: bool = False
    latents: np.ndarray = NOTHING
    prior_latents: np.ndarray = NOTHING
    real_mean: np.ndarray = NOTHING
    real_log_var: np.ndarray | None = None
    train_mean: np.ndarray = NOTHING
    train_log_var: np.ndarray | None = None
    kl: np.ndarray | None = None
    bounds: tuple[str, ...] = ()
    weights: Callable[[int, int], np.ndarray] | None = None

    def log_weights(self, samples: int, examples: int) -> np.ndarray:
        assert self.weights is not None
        return self.weights(samples, examples)
