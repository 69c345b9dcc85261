"""The evidence of an evaluation in two halves: see `vaereg.contracts.evidence.Halves`."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any, TypeVar

import attrs
import numpy as np

from vaereg.contracts.data import DataSpec
from vaereg.contracts.evidence import Evidence, FeatureSets, Halves, ModelView
from vaereg.measures.order_by_content import order_by_content

T = TypeVar("T")

SEED = 1
"""Of the choice of halves; other than that of choices by content within metrics."""


@attrs.frozen(eq=False, slots=False)
class ChosenHalves:
    """The positions of the halves; every view of the same examples shares them.

    Args:
        evidence: provides the real and the generated examples.
        empty: whether both halves are to hold no examples, so that no metric uses them.
    """

    _evidence: Evidence
    _empty: bool = False

    @cached_property
    def a(self) -> np.ndarray:
        return np.sort(self._order[: self._size])

    @cached_property
    def b(self) -> np.ndarray:
        return np.sort(self._order[self._size : 2 * self._size])

    @cached_property
    def drawn(self) -> np.ndarray:
        return np.sort(order_by_content(self._evidence.generated, SEED)[: self._size])

    @cached_property
    def _order(self) -> np.ndarray:
        if self._empty:
            return np.zeros(0, np.int64)
        return order_by_content(self._evidence.real, SEED)

    @property
    def _size(self) -> int:
        return len(self._order) // 2


@attrs.frozen(eq=False, slots=False)
class EvidenceInHalves:
    """Two halves of an evidence; keeps the contract of `Halves`.

    Args:
        whole: the evidence.
        chosen: the positions.
    """

    _whole: Evidence
    _chosen: ChosenHalves

    @classmethod
    def of(cls, whole: Evidence) -> EvidenceInHalves:
        """The halves of an evidence of which there is no other view."""
        return cls(whole, ChosenHalves(whole))

    @property
    def a(self) -> np.ndarray:
        return self._chosen.a

    @property
    def b(self) -> np.ndarray:
        return self._chosen.b

    @property
    def drawn(self) -> np.ndarray:
        return self._chosen.drawn

    @cached_property
    def reconstructions(self) -> PartOfEvidence:
        return PartOfEvidence(self._whole, self.b, self.a, of_reconstructions=True)

    @cached_property
    def samples(self) -> PartOfEvidence:
        return PartOfEvidence(self._whole, self.b, self.drawn)

    def influence_of_real(self, of_a: np.ndarray, of_b: np.ndarray) -> np.ndarray:
        influence = np.zeros(len(self._whole.real))
        for rows, values in ((self.a, of_a), (self.b, of_b)):
            influence[rows] = _centred(values) * (len(influence) / len(rows))
        return influence

    def influence_of_generated(self, of_drawn: np.ndarray) -> np.ndarray:
        influence = np.zeros(len(self._whole.generated))
        influence[self.drawn] = _centred(of_drawn) * (len(influence) / len(self.drawn))
        return influence


@attrs.define(eq=False, slots=False)
class PartOfEvidence:
    """Some examples of an evidence; keeps the contract of `vaereg.Evidence`.

    Args:
        whole: the evidence.
        real: the positions of its real examples.
        generated: the positions of its generated examples.
        of_reconstructions: whether reconstructions take the place of the generated examples; the
            positions are then theirs.
    """

    _whole: Evidence
    _real: np.ndarray
    _generated: np.ndarray
    _of_reconstructions: bool = attrs.field(default=False, kw_only=True)
    data_spec: DataSpec = attrs.field(init=False)
    unseen: np.ndarray | None = attrs.field(init=False)
    model: ModelView | None = attrs.field(default=None, init=False)
    thorough: bool = attrs.field(init=False)
    seed: int = attrs.field(init=False)
    _shared: dict[Hashable, Any] = attrs.field(factory=dict, init=False)  # as `compute` gives them

    def __attrs_post_init__(self) -> None:
        whole = self._whole
        self.data_spec, self.thorough, self.seed = whole.data_spec, whole.thorough, whole.seed
        marked = None if self._of_reconstructions else whole.unseen
        self.unseen = None if marked is None else marked[self._generated]

    @cached_property
    def real(self) -> np.ndarray:
        return np.take(self._whole.real, self._real, axis=0)

    @cached_property
    def generated(self) -> np.ndarray:
        whole = self._whole
        made = whole.reconstructed if self._of_reconstructions else whole.generated
        return np.take(made, self._generated, axis=0)

    @cached_property
    def reconstructed(self) -> np.ndarray:
        return np.take(self._whole.reconstructed, self._real, axis=0)

    @property
    def train(self) -> np.ndarray:
        return self._whole.train

    @property
    def real_given(self) -> dict[str, np.ndarray]:
        return {name: each[self._real] for name, each in self._whole.real_given.items()}

    @property
    def generated_given(self) -> dict[str, np.ndarray]:
        whole = self._whole
        given = whole.real_given if self._of_reconstructions else whole.generated_given
        return {name: each[self._generated] for name, each in given.items()}

    @cached_property
    def features(self) -> PartOfFeatures:
        return PartOfFeatures(
            self._whole.features,
            self._real,
            self._generated,
            of_reconstructions=self._of_reconstructions,
        )

    @cached_property
    def halves(self) -> Halves:
        return EvidenceInHalves.of(self)

    def shared(self, key: Hashable, compute: Callable[[], T]) -> T:
        if key not in self._shared:
            self._shared[key] = compute()
        value: T = self._shared[key]
        return value


@attrs.define(eq=False, slots=False)
class PartOfFeatures:
    """The features of some examples; keeps the contract of `FeatureSets`.

    Args:
        whole: the features of the whole evidence.
        real, generated, of_reconstructions: as in `PartOfEvidence`.
    """

    _whole: FeatureSets
    _real: np.ndarray
    _generated: np.ndarray
    _of_reconstructions: bool = attrs.field(kw_only=True)

    name: str = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.name = self._whole.name

    @cached_property
    def real(self) -> np.ndarray:
        return np.take(self._whole.real, self._real, axis=0)

    @cached_property
    def generated(self) -> np.ndarray:
        if self._of_reconstructions:
            return self._whole.reconstructed_at(self._generated)
        return np.take(self._whole.generated, self._generated, axis=0)

    @property
    def reconstructed(self) -> np.ndarray:
        return self._whole.reconstructed_at(self._real)

    def reconstructed_at(self, rows: np.ndarray) -> np.ndarray:
        return self._whole.reconstructed_at(self._real[rows])

    def reconstructed_probabilities_at(self, rows: np.ndarray) -> np.ndarray | None:
        return self._whole.reconstructed_probabilities_at(self._real[rows])

    @property
    def train(self) -> np.ndarray:
        return self._whole.train

    @cached_property
    def real_probabilities(self) -> np.ndarray | None:
        whole = self._whole.real_probabilities
        return None if whole is None else whole[self._real]

    @cached_property
    def generated_probabilities(self) -> np.ndarray | None:
        if self._of_reconstructions:
            return self._whole.reconstructed_probabilities_at(self._generated)
        whole = self._whole.generated_probabilities
        return None if whole is None else whole[self._generated]


def _centred(values: np.ndarray) -> np.ndarray:
    centred: np.ndarray = values - np.mean(values, dtype=np.float64)
    return centred
