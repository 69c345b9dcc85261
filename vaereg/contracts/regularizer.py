"""The contract of a regularizer."""

from __future__ import annotations

from typing import Any, Protocol

from vaereg.contracts.step import Step


class Regularizer(Protocol):
    """A callable: step -> penalty (B,), unweighted; it may own weights (then a keras Layer).

    A penalty that compares whole batches repeats its scalar B times.

    Laws: finite and differentiable; R >= 0 where it can be; its mean does not grow with the
    batch or the number of pixels beyond what its source says.
    """

    def __call__(self, step: Step) -> Any: ...
