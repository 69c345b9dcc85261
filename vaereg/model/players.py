"""Which player owns which variables, and how several losses of a player become one gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras
from keras import ops

from vaereg.contracts.decoder import Decoder
from vaereg.contracts.tensor import Tensor
from vaereg.declaration.declaration import Adaptive

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


def last_kernel(decoder: Decoder) -> keras.Variable | None:
    """The kernel at which the adaptive weight compares gradients: `decoder.last_kernel`, or else
    the decoder's last matrix."""
    declared = getattr(decoder, "last_kernel", None)
    if declared is not None:
        return declared
    kernels = [v for v in getattr(decoder, "trainable_variables", ()) if len(v.shape) >= 2]
    return kernels[-1] if kernels else None


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
