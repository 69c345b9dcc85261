"""Whether all sides of a comparison do the same: a fast loop that trains nothing proves nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping

from tests.benchmarks.timing.rounds import Timed


class NotTheSame(AssertionError):
    """Sides that should do the same do not."""


def require_the_same(found: Mapping[str, Timed], *, within: float) -> None:
    """Every side has as many weights, and its losses fall as those of the others do.

    Args:
        found: the sides; all began with the same weights and made as many steps.
        within: how far the losses of two sides may be apart, relative to their size: noise and
            the order of examples differ, the network and the optimizer do not.

    Raises:
        NotTheSame: saying which side does not, and in what.
    """
    weights = {name: timed.weights for name, timed in found.items()}
    if len(set(weights.values())) > 1:
        raise NotTheSame(f"the sides have different numbers of weights: {weights}")
    for name, timed in found.items():
        if not all(map(math.isfinite, timed.losses)):
            raise NotTheSame(f"{name}: a loss is not finite: {timed.losses}")
        if not timed.losses[-1] < timed.losses[0]:
            raise NotTheSame(f"{name}: the loss does not fall: {timed.losses}")
    reference, *others = found.values()
    for other in others:
        if len(other.losses) != len(reference.losses):
            raise NotTheSame(f"{other.name} trained {len(other.losses)} epochs, others another")
        for epoch, pair in enumerate(zip(reference.losses, other.losses, strict=True)):
            if abs(pair[0] - pair[1]) > within * max(map(abs, pair)):
                raise NotTheSame(
                    f"epoch {epoch + 1}: the loss of {reference.name} is {pair[0]:.4g}, that of "
                    f"{other.name} {pair[1]:.4g}"
                )
