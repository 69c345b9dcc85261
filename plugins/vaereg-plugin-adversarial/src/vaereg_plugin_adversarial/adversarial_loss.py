"""The losses of critic and generator, from the scores of real and fake examples."""

from __future__ import annotations

from typing import Protocol

from keras import ops

import vaereg


class AdversarialLoss(Protocol):
    """Three elementwise functions of scores of any shape, and the threshold of a score.

    Attributes:
        threshold: the score above which an example counts as real; None if there is none.
    """

    threshold: float | None

    def real(self, scores: vaereg.Tensor) -> vaereg.Tensor:
        """The critic's loss for its scores of real data."""
        ...

    def fake(self, scores: vaereg.Tensor) -> vaereg.Tensor:
        """The critic's loss for its scores of fakes."""
        ...

    def generator(self, scores: vaereg.Tensor) -> vaereg.Tensor:
        """The generator's loss for the critic's scores of its fakes."""
        ...


class Hinge:
    """max(0, 1 - D(x)) + max(0, 1 + D(y)) and -D(y) (Lim and Ye 2017, arXiv:1705.02894)."""

    threshold: float | None = 0.0

    def real(self, scores: vaereg.Tensor) -> vaereg.Tensor:
        """max(0, 1 - D(x))."""
        return ops.relu(1.0 - scores)

    def fake(self, scores: vaereg.Tensor) -> vaereg.Tensor:
        """max(0, 1 + D(y))."""
        return ops.relu(1.0 + scores)

    def generator(self, scores: vaereg.Tensor) -> vaereg.Tensor:
        """-D(y)."""
        return -scores


class Logistic:
    """-log s(D(x)) - log(1 - s(D(y))) and -log s(D(y)), the non-saturating loss.

    s is the logistic function (arXiv:1406.2661, eq. 1 and section 3).
    """

    threshold: float | None = 0.0

    def real(self, scores: vaereg.Tensor) -> vaereg.Tensor:
        """log(1 + exp(-D(x)))."""
        return ops.softplus(-scores)

    def fake(self, scores: vaereg.Tensor) -> vaereg.Tensor:
        """log(1 + exp(D(y)))."""
        return ops.softplus(scores)

    def generator(self, scores: vaereg.Tensor) -> vaereg.Tensor:
        """log(1 + exp(-D(y)))."""
        return ops.softplus(-scores)


class Wasserstein:
    """D(y) - D(x) and -D(y), for a critic that a penalty keeps 1-Lipschitz (arXiv:1704.00028)."""

    threshold: float | None = None

    def real(self, scores: vaereg.Tensor) -> vaereg.Tensor:
        """-D(x)."""
        return -scores

    def fake(self, scores: vaereg.Tensor) -> vaereg.Tensor:
        """D(y)."""
        return scores

    def generator(self, scores: vaereg.Tensor) -> vaereg.Tensor:
        """-D(y)."""
        return -scores


LOSSES: dict[str, AdversarialLoss] = {
    "hinge": Hinge(),
    "logistic": Logistic(),
    "wasserstein": Wasserstein(),
}
