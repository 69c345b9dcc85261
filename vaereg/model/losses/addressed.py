"""The losses of a term by address: as it states them, or by the spelling of its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from vaereg.contracts.addresses import ADDRESSES, SELF, VAE
from vaereg.contracts.discriminator import Discriminator
from vaereg.contracts.loss import AddressedLosses, Loss, Term
from vaereg.contracts.objective import Objective
from vaereg.contracts.regularizer import Regularizer, penalty
from vaereg.contracts.step import Step
from vaereg.errors import ContractError
from vaereg.wording import did_you_mean


def stated(term: object) -> Callable[[Step], AddressedLosses] | None:
    """The method `losses` of a term that addresses its losses; None if it does not."""
    # A Keras layer without one of its own has a list of this name.
    found = getattr(term, "losses", None)
    return cast("Term", term).losses if callable(found) else None


def addressed(
    term: Regularizer | Discriminator | Objective | Term, step: Step, what: str
) -> dict[str, Loss]:
    """What a term pays, by address.

    Args:
        term: it has `losses`, or `critic_loss` and `generator_loss`, or is called with the step.
        step: the step.
        what: the term, for messages.

    Raises:
        ContractError: if an address is unknown, or there is none.
    """
    losses = stated(term)
    if losses is not None:
        return _checked(losses(step), what)
    if hasattr(term, "critic_loss"):
        critic = cast("Discriminator", term)
        generator = Loss(critic.generator_loss(step))
        return {VAE: generator, SELF: Loss(critic.critic_loss(step))}
    return {VAE: Loss(penalty(cast("Regularizer", term), step))}


def _checked(losses: object, what: str) -> dict[str, Loss]:
    if not isinstance(losses, Mapping) or not losses:
        came = "an empty mapping" if isinstance(losses, Mapping) else repr(losses)[:80]
        raise ContractError(
            f"`losses` of {what} returned {came}; the law is a mapping from addresses to losses, "
            f'such as {{"vae": value}}'
        )
    for address in losses:
        if address not in ADDRESSES:
            hint = did_you_mean(str(address), ADDRESSES)
            raise ContractError(
                f"`losses` of {what} has the address {address!r}"
                + (f" ({hint})" if hint else "")
                + f"; the addresses are {', '.join(ADDRESSES)}"
            )
    return {
        address: each if isinstance(each, Loss) else Loss(each) for address, each in losses.items()
    }
