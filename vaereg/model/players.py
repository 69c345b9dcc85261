"""Which player owns which variables, and how several losses of a player become one gradient."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import keras
from keras import ops

from vaereg.contracts.decoder import Decoder
from vaereg.contracts.tensor import Tensor
from vaereg.declaration.declaration import Adaptive
from vaereg.errors import ContractError

DELTA = 1e-4
"""Added to the denominator of the adaptive weight (Esser et al. 2021, arXiv:2012.09841, eq. 7)."""


def norm(gradients: Sequence[Tensor | None]) -> Tensor:
    """The Euclidean norm of a list of gradients; absent ones count as zero."""
    squares = [ops.sum(ops.square(ops.cast(g, "float32"))) for g in gradients if g is not None]
    return ops.sqrt(sum(squares)) if squares else ops.zeros(())


def adaptive_weight(
    main: Tensor | None, adversarial: Tensor | None, choice: Adaptive, loss_scale: Tensor = 1.0
) -> Tensor:
    """The weight that makes an adversarial gradient as long as the main one at the last layer.

    lambda = scale * min(|grad_main| / (|grad_adversarial| + delta), maximum), after Esser et al.
    2021 (arXiv:2012.09841, eq. 7).

    Args:
        main, adversarial: gradients of the two losses at the decoder's last kernel.
        choice: the factor and the bound.
        loss_scale: the factor that both gradients were scaled by (mixed_float16).
    """
    ratio = norm([main]) / (norm([adversarial]) + DELTA * loss_scale)
    return choice.scale * ops.minimum(ratio, choice.maximum)


def add(first: Tensor | None, second: Tensor | None, factor: Tensor | None = None) -> Tensor | None:
    """first + factor * second; an absent tensor counts as zero, an absent factor as 1."""
    if second is None:
        return first
    scaled = second if factor is None else second * ops.cast(factor, second.dtype)
    return scaled if first is None else first + scaled


class Pulled(NamedTuple):
    """The gradients of one loss.

    Args:
        adaptive_of: the term whose measured weight they get, or an empty string.
        variables: those that the loss may move.
        gradients: one for each variable, or None.
        at_outputs: with respect to each output of the decoder, if they are needed.
    """

    adaptive_of: str
    variables: Sequence[keras.Variable]
    gradients: Sequence[Tensor | None]
    at_outputs: Sequence[Tensor | None] = ()


def adaptive_weights(
    pulled: Sequence[Pulled],
    choices: Mapping[str, Adaptive],
    anchor: keras.Variable | None,
    loss_scale: Tensor,
) -> dict[str, Tensor]:
    """The adaptive weight of each term, from the gradients at the decoder's last kernel.

    Args:
        pulled: the gradients of all losses.
        choices: term -> the factor and the bound of its weight.
        anchor: the decoder's last kernel.
        loss_scale: the factor that all gradients were scaled by.
    """

    def at_anchor(term: str) -> Tensor | None:
        found: Tensor | None = None
        for each in pulled:
            if each.adaptive_of == term:
                for variable, gradient in zip(each.variables, each.gradients, strict=True):
                    found = add(found, gradient) if variable is anchor else found
        return found

    main = at_anchor("")
    return {
        term: adaptive_weight(main, at_anchor(term), choice, loss_scale)
        for term, choice in choices.items()
    }


def norms_at_outputs(
    pulled: Sequence[Pulled], terms: Collection[str], loss_scale: Tensor
) -> tuple[Tensor, dict[str, Tensor]]:
    """The norms of gradients at the decoder's outputs: of fixed weights, and of each term.

    Args:
        pulled: the gradients of all losses.
        terms: those with a balanced weight.
        loss_scale: the factor that all gradients were scaled by.
    """

    def norm_of(term: str) -> Tensor:
        total: list[Tensor | None] = []
        for each in pulled:
            if each.adaptive_of == term and each.at_outputs:
                known = total or [None] * len(each.at_outputs)
                total = [add(one, two) for one, two in zip(known, each.at_outputs, strict=True)]
        return norm(total) / loss_scale

    return norm_of(""), {term: norm_of(term) for term in terms}


def summed(pulled: Sequence[Pulled], weights: Mapping[str, Tensor]) -> dict[int, Tensor | None]:
    """The gradient of each variable, by its id: first what has no measured weight, then the rest.

    Args:
        pulled: the gradients of all losses.
        weights: term -> its measured weight.
    """
    total: dict[int, Tensor | None] = {}
    for term in ("", *weights):
        for each in pulled:
            if each.adaptive_of == term:
                for variable, gradient in zip(each.variables, each.gradients, strict=True):
                    found = add(total.get(id(variable)), gradient, weights.get(term))
                    total[id(variable)] = found
    return total


def last_kernel(decoder: Decoder) -> keras.Variable | None:
    """The kernel at which the adaptive weight compares gradients: `decoder.last_kernel`, or else
    the decoder's last matrix."""
    declared = getattr(decoder, "last_kernel", None)
    if declared is not None:
        return declared
    kernels = [v for v in getattr(decoder, "trainable_variables", ()) if len(v.shape) >= 2]
    return kernels[-1] if kernels else None


def check_adaptive(
    players: Mapping[str, Sequence[str]],
    by_player: Mapping[str, Sequence[keras.Variable]],
    anchor: keras.Variable | None,
) -> None:
    """Checks that each adaptive weight can be measured.

    Args:
        players: term with an adaptive weight -> the players of its losses.
        by_player: the variables of each player.
        anchor: the decoder's last kernel.

    Raises:
        ContractError: if no loss of a term is addressed to the decoder.
    """
    for term, names in players.items():
        if not any(variable is anchor for name in names for variable in by_player[name]):
            raise ContractError(
                f"the weight of {term!r} is adaptive, but no loss of it is addressed to the "
                "decoder, at whose last layer its gradient would be measured"
            )


def owned(layers: Mapping[str, Sequence[object]]) -> dict[str, list[keras.Variable]]:
    """For each player, the trainable variables of its layers, each once.

    Raises:
        ValueError: if two players would own the same variable.
    """
    result: dict[str, list[keras.Variable]] = {}
    owner: dict[int, str] = {}
    for player, members in layers.items():
        result[player] = []
        for layer in members:
            for variable in getattr(layer, "trainable_variables", ()):
                previous = owner.setdefault(id(variable), player)
                if previous != player:
                    raise ValueError(
                        f"variable {variable.path} belongs to {previous!r} and to {player!r}; "
                        "a part must not hold another part as an attribute"
                    )
                if not any(variable is v for v in result[player]):
                    result[player].append(variable)
    return result
