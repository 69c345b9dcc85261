"""How thorough an evaluation is."""

from __future__ import annotations

import attrs


@attrs.frozen(kw_only=True)
class Preset:
    """One of the fixed sizes of an evaluation, so that evaluations can be compared.

    Args:
        name: "quick" or "full".
        examples: the largest number of held-out examples to use; there are as many samples.
        train_examples: the largest number of training examples to use.
        thorough: whether metrics use their more precise estimates.
    """

    name: str
    examples: int
    train_examples: int
    thorough: bool


QUICK = Preset(name="quick", examples=2_000, train_examples=60_000, thorough=False)
FULL = Preset(name="full", examples=10_000, train_examples=60_000, thorough=True)

BY_NAME = {preset.name: preset for preset in (QUICK, FULL)}
