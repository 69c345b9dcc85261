"""The contract of an objective, and the ELBO terms that it gets."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from vaereg.contracts.tensor import Tensor


class Bound(NamedTuple):
    """The ELBO terms for K samples of B examples.

    Args:
        log_likelihood: (K, B) log p(x given z_k).
        log_prior: (K, B) log p(z_k); None unless the objective has `importance = True`.
        log_posterior: (K, B) log q(z_k given x); None unless `importance = True`.
        kl: (B, groups) the KL divergence of q from the prior; None for a deterministic posterior,
            or if the objective has `importance = True`.
        kl_weight: the current weight beta of the KL divergence, a scalar.
    """

    log_likelihood: Tensor
    log_prior: Tensor
    log_posterior: Tensor
    kl: Tensor
    kl_weight: Tensor

    @property
    def log_weights(self) -> Tensor:
        """(K, B) log p(x given z) + beta (log p(z) - log q(z given x))."""
        return self.log_likelihood + self.kl_weight * (self.log_prior - self.log_posterior)


class Objective(Protocol):
    """A callable: Bound -> named, unweighted loss terms per example, to be minimised.

    Returns {name: (B,)}. The name "kl" is special: it is (B, groups) and unweighted, and the engine
    applies free bits, capacity and the KL weight to it. If the encoder side and the decoder side
    minimise different losses, the object has the attribute `split = True` and returns
    {"inference": {...}, "generation": {...}}, one such dictionary for each side.

    Attributes:
        samples: K, the number of latents drawn per example.
        importance: whether it needs log_prior and log_posterior instead of kl.
    """

    samples: int
    importance: bool

    def __call__(self, bound: Bound) -> dict[str, Tensor]: ...
