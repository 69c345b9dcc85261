"""What a term of the loss pays, and to whom: losses that are addressed to parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol, TypeAlias

from vaereg.contracts.step import Step
from vaereg.contracts.tensor import Tensor


class Loss(NamedTuple):
    """A loss of one player, and whether the player takes part in this step.

    Args:
        value: (B,) unweighted.
        when: a scalar boolean. If it is false, the player sits the step out: its weights and the
            state of its optimizer, momentum included, stay as they are to the bit, whichever other
            losses are addressed to it.
    """

    value: Tensor
    when: Tensor | bool = True


AddressedLosses: TypeAlias = Mapping[str, "Tensor | Loss"]
"""Address -> the loss (B,) of that player, unweighted."""


class Term(Protocol):
    """A regularizer, objective or discriminator that addresses its losses.

    `losses` returns the loss of each player by its address: "vae"; a part, "encoder", "posterior",
    "decoder", "prior" or "likelihood"; a side, "inference" (the first two parts) or "generation"
    (the others); "self", the component's own weights. A loss moves the weights of its player alone,
    so nothing needs to be detached. The weight of the slot multiplies all losses but that of
    "self". One forward pass serves all losses; use `step.shared` for what they have in common.

    It may also have `diagnostics(step) -> {name: (B,)}`, logged as `<key>_<name>` and never paid.
    """

    def losses(self, step: Step) -> AddressedLosses: ...
