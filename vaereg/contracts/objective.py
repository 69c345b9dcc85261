"""The contract of an objective, and the bound that it is given."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from vaereg.contracts.tensor import Tensor


class Bound(NamedTuple):
    """The pieces of a variational bound for K samples of B examples.

    Args:
        log_likelihood: (K, B) log p(x given z_k).
        log_prior: (K, B) log p(z_k), or None unless the objective says `importance = True`.
        log_posterior: (K, B) log q(z_k given x), or None likewise.
        kl: (B, groups) the KL divergence of q from the prior, or None for a deterministic
            posterior and where the objective says `importance = True`.
        kl_weight: the present weight beta of the KL divergence, a scalar.
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
    """A callable: Bound -> named loss terms per example, unweighted, to be minimised.

    Returns {name: (B,)}; the name "kl" is special: it is (B, groups), unweighted, and the engine
    applies free bits, capacity and the KL weight to it. Where the encoder's side and the
    decoder's side minimise different losses, the object has an attribute `split = True` and
    returns {"inference": {...}, "generation": {...}} with such a dictionary for each side.

    Attributes:
        samples: K, how many latents are drawn per example.
        importance: whether it wants log_prior and log_posterior rather than the closed-form kl.
    """

    samples: int
    importance: bool

    def __call__(self, bound: Bound) -> dict[str, Tensor]: ...
