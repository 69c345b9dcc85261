"""The conditions of the examples of an evaluation."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from vaereg.contracts.conditions import NO_CONDITIONS, Condition, Given, drawn_conditions
from vaereg.evaluation.evidence.real_examples import RealExamples


@attrs.frozen(kw_only=True, eq=False)
class ConditionsOfSets:
    """The conditions of each set of examples, by name; empty if the model is told none.

    Args:
        generated: those with which the samples are drawn.
        real: those of the held-out examples.
        train: those of the training examples.
        others: those of the real examples that take the place of samples in the reference.
    """

    generated: Given = NO_CONDITIONS
    real: Given = NO_CONDITIONS
    train: Given = NO_CONDITIONS
    others: Given = NO_CONDITIONS

    @classmethod
    def of(cls, real: RealExamples, conditions: Sequence[Condition], seed: int) -> ConditionsOfSets:
        """Conditions of real examples are their own; those of samples are drawn from the whole
        held-out split, with replacement.

        Args:
            real: the real examples; as many samples are drawn as there are held-out examples.
            conditions: what the data hands out; without any, nothing is drawn.
            seed: the seed of the samples.
        """
        if not conditions:
            return cls()
        held_out, others = real.held_out, [each.given(conditions) for each in real.others]
        names = [each.name for each in conditions]
        return cls(
            generated=drawn_conditions(held_out.split, conditions, len(held_out), seed),
            real=held_out.given(conditions),
            train=real.train.given(conditions),
            others={name: np.concatenate([each[name] for each in others]) for name in names},
        )
