"""Data as the stages pass it on: its specification (`DataSpec`) and its splits (`Data`)."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import ClassVar, Protocol, TypeAlias, TypeGuard, runtime_checkable

import attrs
import numpy as np

from vaereg.contracts.conditions import LABEL, Condition


@attrs.frozen(kw_only=True)
class DataSpec:
    """The specification of the data.

    Args:
        form: "image" (shape is height, width, channels), "vector" or "sequence".
        shape: the shape of one example, without the batch axis.
        value_range: the smallest and the largest allowed value, or None if unbounded; images lie
            in (0, 1), whatever they were stored as.
        original_range: the values in the files that `value_range` stands for, such as (0, 255);
            None if the examples have the values of the files, or `Data.to_display` converts them.
        levels: the number of values that discrete data takes (256 for 8-bit images), or None.
        size: the number of training examples.
        classes: the number of classes if the data is labelled, else None.
        class_names: their names, or empty.
        given: the conditions that the data gives for each example. Labelled data gives the
            condition "label" without being asked: it follows from `classes` and `class_names`.
    """

    USUAL_TOPS: ClassVar[tuple[int, ...]] = (1, 16, 255, 4095, 65535)
    """The largest values that images in whole numbers usually have: those of 1, 8, 12 and 16 bits,
    and 16 for white."""

    form: str = "image"
    shape: tuple[int, ...] = ()
    value_range: tuple[float, float] | None = (0.0, 1.0)
    original_range: tuple[float, float] | None = None
    levels: int | None = None
    size: int = 0
    classes: int | None = None
    class_names: tuple[str, ...] = ()
    given: tuple[Condition, ...] = ()

    def __attrs_post_init__(self) -> None:
        others = tuple(each for each in self.given if each.name != LABEL)
        if self.classes:
            named = len(self.class_names) == self.classes
            names = self.class_names if named else ()
            label = Condition(name=LABEL, classes=self.classes, class_names=names)
            others = (label, *others)
        object.__setattr__(self, "given", others)

    def condition(self, name: str) -> Condition | None:
        """The condition of this name; None if the data does not give it."""
        return next((each for each in self.given if each.name == name), None)

    def conditions(self, names: Collection[str]) -> tuple[Condition, ...]:
        """The conditions with these names, in the order of the data."""
        return tuple(each for each in self.given if each.name in names)

    @property
    def dimensions(self) -> int:
        """The number of values in one example."""
        return math.prod(self.shape)

    @property
    def channels(self) -> int:
        """The length of the last axis."""
        return self.shape[-1]

    @property
    def in_words(self) -> str:
        """The shape and the range in words, such as `images of shape (28, 28, 1) with values from 0
        to 255`."""
        names = {"image": "images", "vector": "vectors", "sequence": "series"}
        words = f"{names.get(self.form, 'examples')} of shape {self.shape}"
        stored = self.original_range or self.value_range
        return words if stored is None else words + " with values from {:g} to {:g}".format(*stored)

    def to_original(self, values: np.ndarray) -> np.ndarray:
        """Values of `value_range` (any shape) as values of `original_range`."""
        return _between(values, self.value_range, self.original_range)

    def from_original(self, values: np.ndarray) -> np.ndarray:
        """Values of `original_range` (any shape) as values of `value_range`."""
        return _between(values, self.original_range, self.value_range)


@runtime_checkable
class Split(Protocol):
    """A split of the data with random access, in memory or on disk.

    Laws: `take(i)` has shape (len(i), *spec.shape) and dtype float32, and holds the examples at
    the positions i in that order; equal positions give equal examples.

    A split of data that gives other conditions than the label also has
    `given(indices) -> {name: (len(indices), *shape)}`, with the conditions of `spec.given`.
    """

    def __len__(self) -> int: ...

    def take(self, indices: np.ndarray) -> np.ndarray:
        """The examples at `indices`, float32 within the spec's value range."""
        ...

    def labels(self, indices: np.ndarray) -> np.ndarray | None:
        """The class labels at `indices`, int64 (len(indices),), or None if there are none."""
        ...


@attrs.frozen(eq=False)
class ArraySplit:
    """A split in memory; 8-bit data stays 8-bit until it is taken.

    Args:
        values: (n, *shape), float32, or uint8 which is read as `low + value / 255 * (high - low)`.
        targets: (n,) integer class labels, or None.
        value_range: the range that 8-bit values are mapped to.
        conditions: (n, *shape) other conditions than the label, by name.
    """

    values: np.ndarray
    targets: np.ndarray | None = None
    value_range: tuple[float, float] = (0.0, 1.0)
    conditions: Mapping[str, np.ndarray] = attrs.field(factory=dict)

    def __len__(self) -> int:
        return len(self.values)

    def take(self, indices: np.ndarray) -> np.ndarray:
        chosen = self.values[indices]
        if chosen.dtype != np.uint8:
            return np.asarray(chosen, dtype=np.float32)
        low, high = self.value_range
        scaled: np.ndarray = chosen.astype(np.float32) * np.float32((high - low) / 255.0)
        return scaled + np.float32(low) if low else scaled

    def labels(self, indices: np.ndarray) -> np.ndarray | None:
        return None if self.targets is None else self.targets[indices].astype(np.int64)

    def given(self, indices: np.ndarray) -> dict[str, np.ndarray]:
        """The conditions at `indices`, by name, the label among them if there are labels."""
        labels = self.labels(indices)
        label = {} if labels is None else {LABEL: labels}
        return label | {name: values[indices] for name, values in self.conditions.items()}


def part_of(split: Split, positions: np.ndarray) -> ArraySplit:
    """The examples of a split at the given positions, with their conditions, in memory."""
    own = split.given(positions) if hasattr(split, "given") else {}
    return ArraySplit(
        split.take(positions),
        split.labels(positions),
        conditions={name: values for name, values in own.items() if name != LABEL},
    )


def held_in_memory(split: Split) -> TypeGuard[ArraySplit]:
    """Whether the examples of a split are its `values`, which may be read without `take`.

    Not so for a subclass of ArraySplit that overrides `take`, to crop or decode examples for
    instance: whoever read its `values` would see other examples. The same holds for conditions.
    """
    own = type(split)
    return isinstance(split, ArraySplit) and all(
        getattr(own, name) is getattr(ArraySplit, name)
        for name in ("__len__", "take", "labels", "given")
    )


ToRows: TypeAlias = Callable[[np.ndarray], tuple[Sequence[str], Sequence[Sequence[str]]]]
"""Examples -> the names of the columns of a table, and the cells of each row."""


@attrs.frozen(kw_only=True, eq=False)
class Data:
    """Data ready for training.

    Args:
        spec: the specification of the examples.
        train, validation, test: the splits; the last two may be None.
        digest: a hash of the content, recorded in the run lock.
        to_display: converts examples to the values that people read, such as standardized columns
            to their units; None if `spec.original_range` says it all.
        from_display: the inverse of `to_display`; None if there is none.
        to_rows: turns examples (n, *shape) into the rows of a table: the names of its columns, and
            the cells of each row; None for data that is no table.
        names: where the examples of a split ("train", "validation", "test") at the given indices
            stand in the files, such as "cats/07.png" or "people.csv, line 12"; for whoever joins
            results to files. None if not known.
        notes: what a user should know about how the data was read, one sentence each: what was
            assumed, left out, merged or rounded, with a count and an example. Shown before
            training.
    """

    spec: DataSpec
    train: Split
    validation: Split | None = None
    test: Split | None = None
    digest: str = ""
    to_display: Callable[[np.ndarray], np.ndarray] | None = None
    from_display: Callable[[np.ndarray], np.ndarray] | None = None
    to_rows: ToRows | None = None
    names: Callable[[str, np.ndarray], list[str]] | None = None
    notes: tuple[str, ...] = ()

    def names_of(self, split: str, indices: np.ndarray) -> list[str]:
        """Where the examples of a split at `indices` stand in the files; see `names`."""
        if self.names is None:
            return [f"{split}[{index}]" for index in np.asarray(indices).tolist()]
        return self.names(split, np.asarray(indices))

    def in_original_units(self, examples: np.ndarray) -> np.ndarray:
        """Examples (n, *shape) in the units of the files that the data came from."""
        convert = self.spec.to_original if self.to_display is None else self.to_display
        return convert(examples)


def _between(
    values: np.ndarray,
    came_from: tuple[float, float] | None,
    go_to: tuple[float, float] | None,
) -> np.ndarray:
    """Maps one range onto another; values stay as they are if a range is unknown or both agree."""
    if came_from is None or go_to is None or tuple(came_from) == tuple(go_to):
        return np.asarray(values)
    (low, high), (bottom, top) = came_from, go_to
    wide = np.asarray(values, np.float64)
    mapped: np.ndarray = (wide - low) * ((top - bottom) / (high - low)) + bottom
    return mapped.astype(np.float32)
