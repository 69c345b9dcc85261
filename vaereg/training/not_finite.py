"""Stops a training whose loss is no number any more, and says which term began it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from vaereg.errors import NotFiniteError

EVERY = 20
"""How many steps pass between two looks: each look waits for the device."""


class NotFiniteGuard:
    """Looks at the running means of the terms, which keep every NaN until the epoch ends."""

    def __init__(self) -> None:
        self._looked = 0

    def start(self, step: int) -> None:
        """Notes that all is well up to, without, this step of the epoch (counted from 1)."""
        self._looked = step - 1

    def is_due(self, step: int) -> bool:
        """Whether to look after this step of the epoch (counted from 1)."""
        return step - self._looked >= EVERY or step == 1

    def check(self, epoch: int, step: int, terms: Mapping[str, Any], kept: str) -> dict[str, float]:
        """The terms as floats.

        Args:
            epoch: counted from 1.
            step: of the epoch, counted from 1.
            terms: name -> running mean, perhaps still on the device.
            kept: what is said of the checkpoint that stays.

        Raises:
            NotFiniteError: naming the terms and the steps between which they broke.
        """
        values = {name: float(value) for name, value in terms.items()}
        wrong = {name: value for name, value in values.items() if not math.isfinite(value)}
        if wrong:
            # the loss is the sum of the others, so it is named only if it is alone
            parts = [name for name in wrong if name.removeprefix("val_") != "loss"] or list(wrong)
            told = ", ".join(f"{name!r} became {wrong[name]}" for name in parts)
            span = (
                f"step {step}"
                if step - self._looked <= 1
                else f"steps {self._looked + 1} to {step}"
            )
            advice = (
                "The first step has no learning behind it: the term itself gives this for the "
                "model's first weights or for the data. `vaereg check-plugin` tries the laws of "
                "the component that it belongs to."
                if epoch == step == 1
                else "Try a lower learning_rate, clipnorm = 1.0 in the optimizer, or "
                'precision = "float32".'
            )
            raise NotFiniteError(
                f"the loss is not finite: {told} in epoch {epoch}, {span}. {kept}\n{advice}"
            )
        self._looked = step
        return values
