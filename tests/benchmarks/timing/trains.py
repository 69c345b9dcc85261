"""Whether all sides of a comparison do the same: a fast loop that trains nothing proves nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

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
    require_trained(found)
    _require_equal({name: timed.losses for name, timed in found.items()}, "loss", within)
    for key in sorted({key for timed in found.values() for told in timed.also for key in told}):
        told = {name: [each[key] for each in timed.also] for name, timed in found.items()}
        _require_equal(told, key, within)


def require_trained(found: Mapping[str, Timed]) -> None:
    """The losses of every side are finite and fall.

    Raises:
        NotTheSame: saying which side's do not.
    """
    for name, timed in found.items():
        if not all(map(math.isfinite, timed.losses)):
            raise NotTheSame(f"{name}: a loss is not finite: {timed.losses}")
        if not timed.losses[-1] < timed.losses[0]:
            raise NotTheSame(f"{name}: the loss does not fall: {timed.losses}")


def _require_equal(found: Mapping[str, Sequence[float]], what: str, within: float) -> None:
    (reference, expected), *others = found.items()
    for other, values in others:
        if len(values) != len(expected):
            raise NotTheSame(f"{other} gave {len(values)} of {what}, {reference} {len(expected)}")
        for number, pair in enumerate(zip(expected, values, strict=True)):
            if not abs(pair[0] - pair[1]) <= within * max(map(abs, pair)):
                raise NotTheSame(
                    f"{what} {number + 1} of {reference} is {pair[0]:.4g}, of {other} {pair[1]:.4g}"
                )
