"""Conditions: what a part may be told about an example besides its values, such as its label."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol, TypeAlias, TypedDict

import attrs
import numpy as np

from vaereg.errors import DataError

LABEL = "label"
"""The condition that labelled data gives: the class of each example."""

Given: TypeAlias = Mapping[str, Any]  # arrays, or tensors of any backend
"""Name of a condition -> its values (B, *shape), one for each example."""

NO_CONDITIONS: Given = MappingProxyType({})
"""No conditions."""


def _sizes(shape: Iterable[int]) -> tuple[int, ...]:
    return tuple(shape)


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(names)


@attrs.frozen(kw_only=True)
class Condition:
    """A condition that data gives for each example.

    Args:
        name: its name, `[a-z][a-z0-9_]*`.
        shape: the shape of one value, float32; () for a number or a class.
        classes: how many classes there are, if it is one; its values are then 0 to classes - 1,
            int32.
        class_names: their names, or empty.

    Raises:
        ValueError: for another name, no classes, classes with a shape, or another number of names.
    """

    name: str
    shape: tuple[int, ...] = attrs.field(default=(), converter=_sizes)
    classes: int | None = None
    class_names: tuple[str, ...] = attrs.field(default=(), converter=_names)

    def __attrs_post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.name):
            raise ValueError(f"a condition's name must match [a-z][a-z0-9_]*; got {self.name!r}")
        if self.classes is not None and (self.classes < 1 or self.shape):
            raise ValueError(
                f"condition {self.name!r}: a class has shape () and there is at least 1 of them; "
                f"got shape {self.shape} and {self.classes} classes"
            )
        if self.class_names and len(self.class_names) != self.classes:
            raise ValueError(
                f"condition {self.name!r}: {len(self.class_names)} names for {self.classes} classes"
            )

    @property
    def dtype(self) -> str:
        """The type of its values."""
        return "float32" if self.classes is None else "int32"


class Conditioned(Protocol):
    """What is used of a split here; it may also have `given`."""

    def __len__(self) -> int: ...

    def labels(self, indices: np.ndarray) -> np.ndarray | None: ...


def conditions_at(
    split: Conditioned, conditions: Sequence[Condition], indices: np.ndarray
) -> dict[str, np.ndarray]:
    """The conditions of the examples of a split at `indices`, by name, (n, *shape).

    The label comes from `split.labels`, any other condition from `split.given`.

    Raises:
        DataError: if the split does not give a condition, or gives one of another shape or type, a
            class that does not exist, or a number that is not finite.
    """
    found: dict[str, np.ndarray] = {}
    own: Mapping[str, np.ndarray] | None = None
    for each in conditions:
        if each.name == LABEL and each.classes is not None:
            values = split.labels(indices)
        else:
            if own is None:
                own = split.given(indices) if hasattr(split, "given") else {}
            values = own.get(each.name)
        if values is None:
            raise DataError(
                f"the data declares the condition {each.name!r}, but a split does not give it "
                f"({'labels' if each.name == LABEL else 'given'} of a {type(split).__name__})"
            )
        found[each.name] = _checked(np.asarray(values), each, len(indices))
    return found


def _checked(values: np.ndarray, condition: Condition, count: int) -> np.ndarray:
    if values.shape != (count, *condition.shape):
        raise DataError(
            f"the condition {condition.name!r} of {count} examples must have shape "
            f"{(count, *condition.shape)}; the data gives {values.shape}"
        )
    if condition.classes is None:
        return _finite(values, condition)
    if not _are_whole(values):
        raise DataError(
            f"the condition {condition.name!r} is a class, so its values are whole numbers; the "
            f"data gives others, as {values.dtype}"
        )
    if count:
        least, most = int(values.min()), int(values.max())
        if least < 0 or most >= condition.classes:
            raise DataError(
                f"the condition {condition.name!r} has {condition.classes} classes, numbered from "
                f"0; the data gives classes from {least} to {most}"
            )
    return values.astype(condition.dtype)


def _finite(values: np.ndarray, condition: Condition) -> np.ndarray:
    if values.dtype.kind not in "iufb":
        raise DataError(
            f"the condition {condition.name!r} takes numbers; the data gives {values.dtype}"
        )
    with np.errstate(over="ignore"):
        values = values.astype(condition.dtype)
    if not np.isfinite(values).all():
        raise DataError(
            f"the condition {condition.name!r} has values that are not finite, or beyond float32"
        )
    return values


def _are_whole(values: np.ndarray) -> bool:
    if values.dtype.kind == "f":
        return bool((values == np.floor(values)).all())  # not so for NaN
    return values.dtype.kind in "iub"


def probe_conditions(conditions: Iterable[Condition], count: int) -> dict[str, np.ndarray]:
    """Conditions of artificial examples; every call returns the same."""
    rng = np.random.default_rng(0)
    return {
        each.name: rng.normal(size=(count, *each.shape)).astype(each.dtype)
        if each.classes is None
        else np.arange(count, dtype=np.int32) % each.classes
        for each in conditions
    }


def drawn_conditions(
    split: Conditioned, conditions: Sequence[Condition], n: int, seed: int
) -> dict[str, np.ndarray]:
    """The conditions of n examples of a split drawn with replacement, (n, *shape) by name.

    Args:
        split: the split.
        conditions: which conditions; without any, nothing is drawn.
        n: how many.
        seed: equal seeds give equal draws.
    """
    if not conditions:
        return {}
    positions = np.random.default_rng([seed, 14]).integers(0, len(split), n)
    return conditions_at(split, conditions, positions)


def shown_conditions(
    split: Conditioned, conditions: Sequence[Condition], n: int, seed: int
) -> dict[str, np.ndarray]:
    """The conditions of n samples in a picture: as many of each class, in order, if there is one
    condition and it is a class; otherwise those of examples drawn from the split."""
    if len(conditions) == 1 and conditions[0].classes is not None:
        classes = np.arange(n) * conditions[0].classes // max(n, conditions[0].classes)
        return {conditions[0].name: classes.astype(np.int32)}
    return drawn_conditions(split, conditions, n, seed)


class GivenKeyword(TypedDict, total=False):
    """The keyword of whatever takes conditions."""

    given: Given


def keyword(given: Given) -> GivenKeyword:
    """The keyword that tells these conditions; none if there are none."""
    return {"given": given} if given else {}
