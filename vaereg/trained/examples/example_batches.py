"""Batches of examples for a trained model, with their names, labels and conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs
import numpy as np

from vaereg.assembly.blame import reading
from vaereg.contracts.conditions import LABEL, NO_CONDITIONS, Condition, Given, conditions_at
from vaereg.contracts.data import DataSpec
from vaereg.contracts.examples import Examples
from vaereg.declaration.declaration import Slot
from vaereg.errors import DataError
from vaereg.model.given_values import checked_given, spread
from vaereg.trained.checked_values import ROUNDING
from vaereg.wording import listed

BYTES = 2**25
"""How large a batch is at most, in bytes, unless it has fewer than LEAST examples."""

LEAST, MOST = 256, 4096
"""The sizes of a batch: fewer examples are slow, more need memory for no gain."""


@attrs.frozen(kw_only=True, eq=False)
class ExampleBatch:
    """A batch of examples.

    Args:
        examples: (n, *data) float32, as the model takes them.
        names: where each stands in the files.
        labels: the name of the class of each, or None if there are no labels.
        given: (n, ...) the conditions that the model is told, by name.
    """

    examples: np.ndarray
    names: list[str]
    labels: list[str] | None = None
    given: Given = NO_CONDITIONS

    def __len__(self) -> int:
        return len(self.examples)


def batch_size(spec: DataSpec) -> int:
    """How many examples make a batch."""
    return int(np.clip(BYTES // (4 * spec.dimensions), LEAST, MOST))


def example_batches(
    examples: Examples,
    spec: DataSpec,
    slot: Slot,
    asked: Sequence[Condition],
    given: Mapping[str, Any],  # what a user passes
    size: int,
) -> Iterator[ExampleBatch]:
    """The examples in their order, read batch by batch.

    Args:
        examples: the examples.
        spec: of the data of the training.
        slot: of its dataset, which is named if reading fails.
        asked: the conditions that the model is told.
        given: conditions by name, one value for all examples or a list of values that they get in
            turn, instead of those of the examples.
        size: of a batch.

    Raises:
        DataError: for examples of another shape or range, for labels that the model does not know,
            and for conditions that the examples lack.
        UsageError: for values in `given` that are wrong.
    """
    count = len(examples)
    told = checked_given(spread(given, spec.given, count), spec.given, [*given], count)
    lacking = [each for each in asked if each.name not in told]
    for start in range(0, count, size):
        indices = np.arange(start, min(start + size, count))
        with reading(slot):
            values = np.asarray(examples.split.take(indices), np.float32)
            labels = examples.labels(indices)
            names = examples.names(indices)
        _check(values, spec, names)
        conditions = {name: each[indices] for name, each in told.items()}
        conditions |= _conditions(examples, lacking, indices, labels, names)
        yield ExampleBatch(examples=values, names=names, labels=labels, given=conditions)


def _check(values: np.ndarray, spec: DataSpec, names: Sequence[str]) -> None:
    if values.shape[1:] != spec.shape:
        raise DataError(
            f"{names[0]}: an example of shape {values.shape[1:]}; the run was trained on "
            f"{spec.in_words}"
        )
    if not np.isfinite(values).all():
        bad = int(np.argmin(np.isfinite(values.reshape(len(values), -1)).all(axis=1)))
        raise DataError(f"{names[bad]}: the example has NaN or infinite values")
    if spec.value_range is not None:
        low, high = spec.value_range
        slack = ROUNDING * (high - low)
        if values.min() < low - slack or values.max() > high + slack:
            raise DataError(
                f"{names[0]}, or one of the {len(names) - 1} after it: values from "
                f"{values.min():g} to {values.max():g} where the model takes {low:g} to {high:g}; "
                f"the run was trained on {spec.in_words}"
            )


def _conditions(
    examples: Examples,
    lacking: Sequence[Condition],
    indices: np.ndarray,
    labels: Sequence[str] | None,
    names: Sequence[str],
) -> dict[str, np.ndarray]:
    """The conditions of examples, as the data gives them."""
    found: dict[str, np.ndarray] = {}
    others = []
    for condition in lacking:
        if condition.name != LABEL or condition.classes is None:
            others.append(condition)
        elif labels is None:
            raise DataError(
                f"{names[0]}: has no label, and the model is told the label of each example; give "
                "it, such as --given label=0 (in Python, given={'label': 0})"
            )
        else:
            found[LABEL] = np.array(
                [_number(label, condition, names[row]) for row, label in enumerate(labels)],
                np.int32,
            )
    if others and not hasattr(examples.split, "given"):
        raise DataError(
            f"{names[0]}: the model is told {listed(each.name for each in others)} of each "
            "example, which these examples do not have; give it with --given (in Python, given=)"
        )
    return found | conditions_at(examples.split, others, indices)


def _number(label: str, condition: Condition, name: str) -> int:
    """The class that a label names: by its name or, in data whose labels are numbers, by that."""
    known = condition.class_names or tuple(map(str, range(condition.classes or 0)))
    if label in known:
        return known.index(label)
    raise DataError(
        f"{name}: has the label {label!r}, which the run does not know; it was trained on "
        f"{listed(known, most=12)}. Leave these examples out, or give a label for all with --given "
        "label=... (in Python, given=)"
    )
