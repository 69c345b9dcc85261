"""The KL divergence of the posterior from the prior, and how it enters the loss."""

from __future__ import annotations

from keras import ops

from vaereg.assembly.passes import as_float32
from vaereg.contracts.latent import Latent
from vaereg.contracts.prior import Prior
from vaereg.contracts.tensor import Tensor
from vaereg.declaration.declaration import KLControl
from vaereg.model.losses.granted_gaussian import (
    is_raised_by_a_component,
    takes_a_gaussian_for_granted,
)


def monte_carlo_kl(latent: Latent, prior: Prior) -> Tensor:
    """The one-sample estimate log q(z given x) - log p(z), shape (B, 1)."""
    return ops.expand_dims(latent.log_q - as_float32(prior.log_prob(latent.z)), -1)


def closed_kl(latent: Latent, prior: Prior) -> Tensor | None:
    """The KL divergence (B, groups) in the prior's closed form; None if it has none for this q.

    The prior is asked for every posterior, Gaussian or not, since it may know the closed form from
    `latent.params`. It has none where it returns None, or raises a NotImplementedError of its own.
    A prior that takes a diagonal Gaussian for granted has none where `log_var` is None.

    Raises:
        Exception: what the prior raises otherwise.
    """
    closed_form = getattr(prior, "kl", None)
    if closed_form is None:
        return None
    try:
        return as_float32(closed_form(latent))
    except Exception as fault:
        # Backends raise NotImplementedError too, where numpy is used on a symbolic tensor.
        if isinstance(fault, NotImplementedError) and is_raised_by_a_component(fault):
            return None
        if latent.log_var is None and takes_a_gaussian_for_granted(closed_form, latent, fault):
            return None
        raise


def kl_divergence(latent: Latent, prior: Prior) -> Tensor:
    """The KL divergence of q from the prior (B, groups), in closed form where the prior has one."""
    closed = closed_kl(latent, prior)
    return monte_carlo_kl(latent, prior) if closed is None else closed


def controlled_kl(kl: Tensor, control: KLControl, weight: Tensor, capacity: Tensor) -> Tensor:
    """The KL term of the loss, a scalar.

    Args:
        kl: (groups,) the batch mean of each group.
        control: whether there are free bits and a capacity.
        weight: the current beta.
        capacity: the current C; ignored if the control has no capacity.
    """
    if control.free_bits:
        kl = ops.maximum(kl, control.free_bits)
    total = ops.sum(kl)
    if control.capacity is not None:
        total = ops.abs(total - capacity)
    return weight * total
