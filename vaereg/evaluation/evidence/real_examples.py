"""The real examples of an evaluation: held-out, training, and others for the reference."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import attrs
import numpy as np

from vaereg.contracts.conditions import Condition, conditions_at
from vaereg.contracts.data import Data, Split
from vaereg.contracts.evidence import LEAST_HELD_OUT
from vaereg.errors import DataError
from vaereg.evaluation.evidence.presets import Preset

MOST_BYTES = 1 << 30
"""The largest memory that the training examples of an evaluation may take."""

STREAM = 53
"""Makes the choice differ from the draws that a test set may have been made with, as in
`labels[numpy.random.default_rng(0).permutation(n)[:k]] = 1`."""


@attrs.frozen(kw_only=True, eq=False)
class ChosenExamples:
    """Some examples of one split.

    Args:
        name: "train", "validation" or "test".
        split: the split.
        positions: the positions of the examples, increasing.
    """

    name: str
    split: Split
    positions: np.ndarray

    def __len__(self) -> int:
        return len(self.positions)

    @property
    def digest(self) -> str:
        """A hash of the split and the positions: 16 hex digits."""
        content = f"{self.name} {len(self.split)} ".encode() + self.positions.tobytes()
        return hashlib.sha256(content).hexdigest()[:16]

    def take(self) -> np.ndarray:
        """The examples, (n, *data) float32."""
        return self.split.take(self.positions)

    def given(self, conditions: Sequence[Condition]) -> dict[str, np.ndarray]:
        """Their conditions, (n, *shape) by name."""
        return conditions_at(self.split, conditions, self.positions)


@attrs.frozen(kw_only=True, eq=False)
class RealExamples:
    """The real examples of an evaluation; equal data gives equal choices.

    Args:
        held_out: the examples that samples are compared with; the model has not seen them.
        train: training examples, to search for copies.
        others: real examples outside `held_out`, for the reference; those that the model was not
            trained on come first.
    """

    held_out: ChosenExamples
    train: ChosenExamples
    others: tuple[ChosenExamples, ...]

    @property
    def unseen(self) -> np.ndarray:
        """Which of the others the model was not trained on, bool."""
        return np.concatenate([np.full(len(each), each.name != "train") for each in self.others])


def choose_real(data: Data, preset: Preset, split: str = "test") -> RealExamples:
    """Chooses the real examples.

    Args:
        data: the data.
        preset: the numbers of examples.
        split: "test", or "validation" to keep the test split for the end; if there is no test
            split, the validation split is used.

    Raises:
        DataError: if there are no held-out examples, or too few for an interval.
    """
    held_out_splits = {
        name: each
        for name, each in (("test", data.test), ("validation", data.validation))
        if each is not None and len(each)
    }
    name = split if split in held_out_splits else next(iter(held_out_splits), "")
    if not name:
        raise DataError(
            "the data has no held-out examples, neither a test nor a validation split: samples "
            "cannot be evaluated against the data the model was trained on.\n"
            f"Give the dataset a test share of at least {LEAST_HELD_OUT} examples and train again."
        )
    if len(held_out_splits[name]) < LEAST_HELD_OUT:
        raise DataError(
            f"the {name} split has {len(held_out_splits[name])} examples; an interval needs at "
            f"least {LEAST_HELD_OUT}.\nGive the dataset a larger {name} share and train again."
        )
    held_out = _choose_examples(name, held_out_splits[name], preset.examples, seed=0)
    return RealExamples(
        held_out=held_out,
        train=_choose_examples("train", data.train, _most_train(data, preset), seed=0),
        others=_other_examples(data, held_out_splits, name, len(held_out)),
    )


def _other_examples(
    data: Data, held_out_splits: dict[str, Split], name: str, count: int
) -> tuple[ChosenExamples, ...]:
    rest = [(other, split) for other, split in held_out_splits.items() if other != name]
    chosen, missing = [], count
    for other, split in [*rest, ("train", data.train)]:
        if missing > 0:
            chosen.append(_choose_examples(other, split, missing, seed=1))
            missing -= len(chosen[-1])
    return tuple(chosen)


def _choose_examples(name: str, split: Split, most: int, seed: int) -> ChosenExamples:
    positions = np.arange(len(split))
    if len(positions) > most:
        positions = np.sort(np.random.default_rng([seed, STREAM]).permutation(len(split))[:most])
    return ChosenExamples(name=name, split=split, positions=positions.astype(np.int64))


def _most_train(data: Data, preset: Preset) -> int:
    return max(1, min(preset.train_examples, MOST_BYTES // (4 * max(data.spec.dimensions, 1))))
