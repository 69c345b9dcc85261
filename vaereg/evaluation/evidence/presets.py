"""How thorough an evaluation is."""

from __future__ import annotations

import attrs

LEAST = 100
"""The fewest held-out examples that a score gets an interval from."""


@attrs.frozen(kw_only=True)
class Preset:
    """One of the sizes that evaluations come in, so that they can be compared.

    Args:
        name: "quick" or "full".
        examples: how many held-out examples, and as many samples, are looked at, at most.
        train: how many training examples are looked at, at most.
        thorough: whether metrics take their better estimates, and all extractors are used.
    """

    name: str
    examples: int
    train: int
    thorough: bool


QUICK = Preset(name="quick", examples=2_000, train=60_000, thorough=False)
FULL = Preset(name="full", examples=10_000, train=60_000, thorough=True)

BY_NAME = {preset.name: preset for preset in (QUICK, FULL)}
