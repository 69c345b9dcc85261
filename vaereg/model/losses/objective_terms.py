"""What the objective adds to the losses: its terms, with the KL control, by player."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

import attrs
from keras import ops

from vaereg.contracts.addresses import VAE
from vaereg.contracts.loss import Loss, Term
from vaereg.contracts.objective import Bound, Objective
from vaereg.contracts.step import Step
from vaereg.contracts.tensor import Tensor
from vaereg.declaration.declaration import KLControl
from vaereg.errors import ContractError
from vaereg.model.losses.addressed import addressed, stated
from vaereg.model.losses.kl_terms import controlled_kl
from vaereg.model.losses.player_losses import Account, batch_mean

Sides: TypeAlias = Mapping[str, Mapping[str, Tensor]]
"""Player -> the terms of its loss by name: one entry "vae", or one for each side."""


@attrs.frozen(kw_only=True, eq=False)
class ObjectiveTerms:
    """Reduces the objective's terms to losses.

    Args:
        objective: the objective.
        kl: the KL control.
        groups: the names of the latent's groups.
        replaced: the name of each term of the objective that another term replaces -> the kind of
            that one.
        counted: those of them that the logged loss counts nevertheless.
    """

    objective: Objective | Term
    kl: KLControl
    groups: Sequence[str] = ()
    replaced: Mapping[str, str] = attrs.field(factory=dict)
    counted: Collection[str] = ()

    def paid(self, bound: Bound, capacity: Tensor, logs: dict[str, Tensor]) -> Account:
        """What the players pay, without what is replaced; adds all terms to the logs."""
        sides = self._sides(bound)
        left_out: Collection[str] = self.replaced
        if stated(self.objective):  # it states itself what is paid
            left_out = [name for terms in sides.values() for name in terms]
        return Account(self._sums(sides, bound.kl_weight, capacity, left_out, logs))

    def watched(self, bound: Bound, capacity: Tensor) -> Account | None:
        """What the logged loss counts; None if that is what the players pay.

        Values of a critic cannot be compared between epochs, and neither can those of a term whose
        weight is measured. So the loss counts what they replace, and the ELBO instead of the losses
        that an objective addresses.
        """
        if not self.counted and not stated(self.objective):
            return None
        return Account(self._sums(self._sides(bound), bound.kl_weight, capacity, self._unwatched()))

    def final_loss(self, bound: Bound) -> Tensor:
        """The objective's part of the logged loss, with the final KL weight and capacity."""
        at_the_end = bound._replace(kl_weight=self.kl.weight.final)
        capacity = self.kl.capacity.final if self.kl.capacity else 0.0
        sides = self._sides(at_the_end)
        return Account(
            self._sums(sides, at_the_end.kl_weight, capacity, self._unwatched())
        ).mean_of_sides()

    def addressed(self, step: Step, logs: dict[str, Tensor]) -> dict[str, Loss]:
        """The losses that the objective addresses, averaged; adds them to the logs."""
        if not stated(self.objective):
            return {}
        found = {}
        for address, loss in addressed(self.objective, step, "the objective").items():
            name = f"objective_{address}"
            logs[name] = batch_mean(loss.value, f"{name} of the objective")
            found[address] = loss._replace(value=logs[name])
        return found

    def _unwatched(self) -> list[str]:
        return [name for name in self.replaced if name not in self.counted]

    def _sides(self, bound: Bound) -> Sides:
        if stated(self.objective):
            return {VAE: elbo_terms(bound)}
        terms = self.objective(bound)  # type: ignore[operator]  # it is an Objective
        sides: Sides = terms if getattr(self.objective, "split", False) else {VAE: terms}
        return sides

    def _sums(
        self,
        sides: Sides,
        kl_weight: Tensor,
        capacity: Tensor,
        left_out: Collection[str],
        logs: dict[str, Tensor] | None = None,
    ) -> dict[str, Tensor]:
        """The sum of the averaged terms of each player that has any."""
        sums: dict[str, Tensor] = {}
        for player, terms in sides.items():
            self._check_replaced(terms)
            total: Tensor = 0.0
            for name, term in terms.items():
                if name == "kl":
                    groups = ops.mean(term, axis=0)
                    mean = ops.sum(groups)
                    value = controlled_kl(groups, self.kl, kl_weight, capacity)
                    if logs is not None:
                        logs |= self._by_group("kl" if player == VAE else f"{player}_kl", groups)
                else:
                    value = mean = batch_mean(term, f"the objective's term {name!r}")
                if logs is not None:
                    logs[name if player == VAE else f"{player}_{name}"] = mean
                if name not in left_out:
                    total = total + value
            if any(name not in left_out for name in terms):
                sums[player] = total
        return sums

    def _by_group(self, name: str, kl: Tensor) -> dict[str, Tensor]:
        """What to log of the KL divergence (groups,) of each declared group."""
        if len(self.groups) == 1 or kl.shape[0] != len(self.groups):
            return {}  # there is one group, or the prior tells no divergence of each
        values = zip(self.groups, ops.unstack(kl), strict=True)
        return {f"{name}_{group}": value for group, value in values}

    def _check_replaced(self, terms: Mapping[str, Tensor]) -> None:
        for name, kind in self.replaced.items():
            if name not in terms:
                raise ContractError(
                    f"a {kind} replaces {name!r}, but the objective has no such term; its terms "
                    f"are {', '.join(terms)}"
                )


def elbo_terms(bound: Bound) -> dict[str, Tensor]:
    """The two terms of the negative ELBO, reconstruction (B,) and kl (B, groups)."""
    terms = {"reconstruction": -ops.mean(bound.log_likelihood, axis=0)}
    return terms if bound.kl is None else terms | {"kl": bound.kl}
