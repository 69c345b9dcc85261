"""The value that a posterior returns."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from vaereg.contracts.tensor import Tensor


class Latent(NamedTuple):
    """A draw z from q(z given x), with what the posterior knows of q.

    Every array has leading axis K·B for K importance samples of B examples, K-major: reshape to
    (K, B, ...) to separate the samples. A NamedTuple, because Keras layers may return it.

    Args:
        z: (K·B, *latent) the draw; equal to `mode` for a deterministic posterior.
        mode: (K·B, *latent) the mode of q, used for reconstruction.
        log_var: (K·B, *latent) the log variance of q, or None if q is not a diagonal Gaussian.
        log_q: (K·B,) log q(z given x) at z, or None for a deterministic posterior.
        params: a tree of arrays (K·B, ...) that decide q, such as the mean direction and the
            concentration of a von Mises-Fisher distribution; for priors with a closed-form `kl`,
            and for the posterior's own `log_prob`.
        logs: name -> a value of each draw (K·B,), logged and not paid.
        extras: further values of the posterior, arrays (K·B, ...) or trees of them, of which a step
            sees those of the first draw; `extras["terms"]` maps names to its own unweighted loss
            terms (K·B,), which are added to the loss and logged, averaged over the draws.
    """

    z: Tensor
    mode: Tensor
    log_var: Tensor | None = None
    log_q: Tensor | None = None
    extras: Mapping[str, Any] | tuple[()] = ()  # any values that the posterior chooses
    params: Any = ()  # any tree of arrays
    logs: Mapping[str, Tensor] | tuple[()] = ()

    @property
    def terms(self) -> dict[str, Tensor]:
        """The posterior's own loss terms by name."""
        return dict(self.extras["terms"]) if self.extras and "terms" in self.extras else {}


def reparameterized(mode: np.ndarray, log_var: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Draws mode + exp(log_var / 2) * noise of a diagonal Gaussian, float32, in numpy alone.

    Args:
        mode, log_var: of q(z given x), of shapes that broadcast to that of the noise.
        noise: standard normal draws.
    """
    draws: np.ndarray = (mode + np.exp(0.5 * log_var) * noise).astype(np.float32)
    return draws


def log_density_by_dimension(log_var: Tensor, noise: Tensor) -> Tensor:
    """log q(z given x) at z = mode + exp(log_var / 2) * noise of a diagonal Gaussian.

    Args:
        log_var: of q(z given x), of a shape that broadcasts to that of the noise.
        noise: arrays or tensors.

    Returns:
        The density's share of each value of z, of the noise's shape; their sum is log q.
    """
    return -0.5 * (math.log(2 * math.pi) + log_var + noise**2)
