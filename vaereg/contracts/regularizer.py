"""The contract of a regularizer."""

from __future__ import annotations

from typing import Protocol

from vaereg.contracts.step import Step
from vaereg.contracts.tensor import Tensor


class Regularizer(Protocol):
    """A callable: step -> penalty (B,), unweighted.

    One that owns weights is a keras.layers.Layer with `call(step)`, makes them in `__init__` or
    through sub-layers, and they are trained with the VAE's.

    A penalty that compares whole batches repeats its scalar B times.

    Laws: finite and differentiable; R >= 0 where it can be; its mean does not grow with the
    batch or the number of pixels beyond what its source says.
    """

    def __call__(self, step: Step) -> Tensor: ...


def penalty(regularizer: Regularizer, step: Step) -> Tensor:
    """The penalty of a step: a layer's `call` itself, since Keras passes only tensors through."""
    compute: Regularizer = getattr(regularizer, "call", regularizer)
    return compute(step)
