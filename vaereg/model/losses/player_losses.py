"""The losses of one step, by the player whose weights each of them moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import attrs
from keras import ops

from vaereg.assembly.passes import as_float32
from vaereg.contracts.addresses import SIDES, VAE
from vaereg.contracts.tensor import Tensor
from vaereg.errors import ContractError


@attrs.frozen(eq=False)
class PlayerLoss:
    """A loss of one player.

    Args:
        player: whose variables it moves: "vae", one of its sides or parts, or the key of a term
            that has its own weights.
        value: the scalar that is differentiated.
        adaptive_of: the term whose measured weight, adaptive or balanced, its gradients get; empty
            for a loss whose gradients are not weighted.
    """

    player: str
    value: Tensor
    adaptive_of: str = ""


class Losses(NamedTuple):
    """The losses and the logged terms of one step.

    Args:
        losses: the losses of the VAE and of its parts, then for each term its losses with a
            measured weight and its own loss.
        logs: term name -> the scalar to log; "loss" first.
        gates: player -> a scalar boolean, false where the player sits this step out; players that
            always take part are missing.
        outputs: the decoder's outputs of the step, if a weight is balanced.
    """

    losses: list[PlayerLoss]
    logs: dict[str, Tensor]
    gates: dict[str, Tensor] = {}  # noqa: RUF012  # never changed
    outputs: Sequence[Tensor] = ()

    def of_adaptive(self, term: str) -> list[str]:
        """The players of the losses that get the measured weight of a term."""
        return [loss.player for loss in self.losses if loss.adaptive_of == term]


def batch_mean(term: Tensor, what: str) -> Tensor:
    """The mean over the batch of a per-example term (B,), in float32.

    Raises:
        ContractError: if the term is not one value per example.
    """
    shape = getattr(term, "shape", None)
    if shape is None or len(shape) != 1:
        came = f"shape {tuple(shape)}" if shape is not None else repr(term)[:80]
        advice = (
            "It is already averaged over the batch; the engine does that."
            if shape == ()
            else "Sum over the other axes."
        )
        raise ContractError(
            f"{what} returned {came}; the law is one unweighted value per "
            f"example, shape (batch,). {advice}"
        )
    return ops.mean(as_float32(term))


def share(address: str) -> float:
    """How much of a loss counts in the mean of both sides of the VAE."""
    return 1.0 if address == VAE else 0.5


class Account:
    """Sums of losses by address.

    Args:
        base: the sums to begin with: of "vae", of both sides, or none.
    """

    def __init__(self, base: Mapping[str, Tensor]) -> None:
        self.sums = dict(base)

    def add(self, address: str, value: Tensor) -> None:
        """Adds a loss. What is addressed to the VAE is added to both sides if they are split."""
        if address == VAE and VAE not in self.sums and all(side in self.sums for side in SIDES):
            for side in SIDES:
                self.sums[side] = self.sums[side] + value
        elif address in self.sums:
            self.sums[address] = self.sums[address] + value
        else:
            self.sums[address] = value

    def mean_of_sides(self) -> Tensor:
        """The mean of what the two sides of the VAE pay; a part's loss counts for its side."""
        return sum(share(address) * value for address, value in self.sums.items())
