"""The contract of a regularizer."""

from __future__ import annotations

from typing import Protocol

from vaereg.contracts.step import Step
from vaereg.contracts.tensor import Tensor


class Regularizer(Protocol):
    """A callable: step -> penalty (B,), unweighted.

    A regularizer with weights must be a keras.layers.Layer with `call(step)` that creates them in
    `__init__` or in sub-layers; they are trained with the VAE's weights.

    A regularizer that asks for conditions finds them in `step.given`; others find it empty.

    A penalty that compares whole batches repeats its scalar B times.

    Laws: the penalty is finite and differentiable, and >= 0 where possible; its mean does not grow
    with the batch size, nor with the number of pixels beyond what its source says.
    """

    def __call__(self, step: Step) -> Tensor: ...


def penalty(regularizer: Regularizer, step: Step) -> Tensor:
    """The penalty of a step; a layer's `call` is used directly, since a step is not a tensor."""
    compute: Regularizer = getattr(regularizer, "call", regularizer)
    return compute(step)
