"""What components under test are told, if they ask for conditions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import wraps
from typing import Any

import attrs
import keras
import numpy as np

from vaereg.component import ANY, Component
from vaereg.contracts.conditions import LABEL, Condition
from vaereg.testing.cases import Case

CLASSES = 3
"""How many classes the label has."""

CONSTANT = 1
"""The class, or the value, that every example has where only one distribution is looked at."""


def conditions_of(component: Component) -> tuple[Condition, ...]:
    """The conditions that a component is told in tests: a label, and numbers by other names."""
    asked = component.given | component.may_be_given
    names = sorted({LABEL if name == ANY else name for name in asked})
    return tuple(Condition(name=name, classes=CLASSES if name == LABEL else None) for name in names)


def with_conditions(case: Case, conditions: Sequence[Condition]) -> Case:
    """The case with data that gives these conditions."""
    if not conditions:
        return case
    label = next((each.classes for each in conditions if each.name == LABEL), None)
    data = attrs.evolve(case.data, classes=label, class_names=(), given=tuple(conditions))
    return attrs.evolve(case, data=data)


def random_conditions(
    conditions: Sequence[Condition], count: int, seed: int = 0
) -> dict[str, np.ndarray]:
    """Random conditions of `count` examples, by name."""
    rng = np.random.default_rng([seed, 15])
    return {
        each.name: rng.normal(size=count).astype(np.float32)
        if each.classes is None
        else rng.integers(0, each.classes, count).astype(np.int32)
        for each in conditions
    }


class ToldPart:
    """A part that is told conditions with each call, used as one that asks for none.

    Args:
        part: the object of a component.
        conditions: what it is told.
        constant: whether all examples have the same conditions; otherwise those of the i-th are a
            function of i.
    """

    def __init__(
        self,
        part: Any,  # an object of any kind
        conditions: Sequence[Condition],
        *,
        constant: bool,
    ) -> None:
        self._part = part
        self._conditions = tuple(conditions)
        self._constant = constant

    def given(self, count: int) -> dict[str, np.ndarray]:
        """The conditions of `count` examples."""
        rows = np.full(count, CONSTANT) if self._constant else np.arange(count)
        return {
            each.name: rows.astype(np.float32)
            if each.classes is None
            else (rows % each.classes).astype(np.int32)
            for each in self._conditions
        }

    def __call__(
        self,
        first: Any,  # a tensor
        *args: Any,  # those of the part
        **kwargs: Any,  # likewise
    ) -> Any:  # its result
        rows = keras.tree.flatten(first)[0]  # an encoder may give a tree of arrays
        return self._part(first, *args, given=self.given(int(rows.shape[0])), **kwargs)

    def __getattr__(self, name: str) -> Any:  # an attribute of the part
        found = getattr(self._part, name)
        if name not in ("sample", "log_prob", "mean", "kl", "fit", "loss"):
            return found

        @wraps(found)  # its signature tells whether it asks for a seed
        def call(
            first: Any,  # a number of draws, a tensor, or a Latent
            *args: Any,  # those of the method
            **kwargs: Any,  # likewise
        ) -> Any:  # its result
            rows = getattr(first, "z", first)
            count = first if isinstance(first, int) else int(rows.shape[0])
            return found(first, *args, given=self.given(count), **kwargs)

        return call


def hearing(
    part: Any,  # an object of any kind
    conditions: Sequence[Condition],
    *,
    constant: bool = False,
) -> Any:  # the part, or a ToldPart
    """The part itself if it asks for nothing, else the part with conditions; see `ToldPart`."""
    return ToldPart(part, conditions, constant=constant) if conditions else part
