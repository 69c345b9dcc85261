"""Evidence that is computed when a metric first asks for it: see `vaereg.contracts.evidence`."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Protocol, TypeVar

import attrs
import numpy as np

from vaereg.contracts.conditions import NO_CONDITIONS, Given
from vaereg.contracts.data import DataSpec
from vaereg.contracts.evidence import FeatureSets, Halves, ModelView
from vaereg.errors import ContractError
from vaereg.measures.halves import ChosenHalves, EvidenceInHalves

T = TypeVar("T")


class ExampleSets(Protocol):
    """Four sets of examples, or of their features; each may be computed on first use."""

    @property
    def real(self) -> np.ndarray: ...
    @property
    def generated(self) -> np.ndarray: ...
    @property
    def reconstructed(self) -> np.ndarray: ...
    @property
    def train(self) -> np.ndarray: ...


class FeaturesOfExamples(ExampleSets, Protocol):
    """The features of four sets of examples."""

    def reconstructed_at(self, rows: np.ndarray) -> np.ndarray:
        """The features of some reconstructions; no others are computed."""
        ...


@attrs.define(eq=False)
class LazyFeatures:
    """The features of the examples by one extractor.

    Args:
        name: the name of the extractor.
        sets: the features of the four sets.
        probabilities: features -> (n, classes); None if the extractor does not classify.
    """

    name: str
    _sets: FeaturesOfExamples
    _probabilities: Callable[[np.ndarray], np.ndarray] | None = None
    _classified: dict[str, np.ndarray] = attrs.field(factory=dict, init=False)

    @property
    def real(self) -> np.ndarray:
        return self._sets.real

    @property
    def generated(self) -> np.ndarray:
        return self._sets.generated

    @property
    def reconstructed(self) -> np.ndarray:
        return self._sets.reconstructed

    @property
    def train(self) -> np.ndarray:
        return self._sets.train

    @property
    def real_probabilities(self) -> np.ndarray | None:
        return self._classify("real", self._sets.real) if self._probabilities else None

    @property
    def generated_probabilities(self) -> np.ndarray | None:
        return self._classify("generated", self._sets.generated) if self._probabilities else None

    def reconstructed_at(self, rows: np.ndarray) -> np.ndarray:
        return self._sets.reconstructed_at(rows)

    def reconstructed_probabilities_at(self, rows: np.ndarray) -> np.ndarray | None:
        return self._probabilities(self.reconstructed_at(rows)) if self._probabilities else None

    def _classify(self, which: str, features: np.ndarray) -> np.ndarray:
        assert self._probabilities is not None  # both callers check it
        if which not in self._classified:
            self._classified[which] = self._probabilities(features)
        return self._classified[which]


@attrs.define(eq=False)
class LazyEvidence:
    """The evidence of one evaluation.

    Args:
        data_spec: the spec of the examples.
        examples: the quantized examples.
        unseen, model, thorough, seed, real_given, generated_given: see `vaereg.Evidence`.
        features: the features of the examples by one extractor.
        in_halves: false to leave both halves empty, so that no score is measured on them.
        chosen: the positions of the halves; by default chosen on first use.
    """

    data_spec: DataSpec
    _examples: ExampleSets
    unseen: np.ndarray | None = attrs.field(default=None, kw_only=True)
    model: ModelView | None = attrs.field(default=None, kw_only=True)
    thorough: bool = attrs.field(default=False, kw_only=True)
    seed: int = attrs.field(default=0, kw_only=True)
    real_given: Given = attrs.field(default=NO_CONDITIONS, kw_only=True)
    generated_given: Given = attrs.field(default=NO_CONDITIONS, kw_only=True)
    _features: FeatureSets | None = attrs.field(default=None, kw_only=True)
    _in_halves: bool = attrs.field(default=True, kw_only=True)
    _chosen: ChosenHalves = attrs.field(
        default=attrs.Factory(
            lambda self: ChosenHalves(self, empty=not self._in_halves), takes_self=True
        ),
        kw_only=True,
    )
    _halves: EvidenceInHalves | None = attrs.field(default=None, init=False)
    _shared: dict[Hashable, Any] = attrs.field(factory=dict, init=False)  # as `compute` gives them

    def seen_by(self, features: FeatureSets) -> LazyEvidence:
        """The same evidence with the features of an extractor, and shared values of its own.

        The halves hold the same examples.
        """
        return attrs.evolve(self, features=features)

    @property
    def real(self) -> np.ndarray:
        return self._examples.real

    @property
    def generated(self) -> np.ndarray:
        return self._examples.generated

    @property
    def reconstructed(self) -> np.ndarray:
        return self._examples.reconstructed

    @property
    def train(self) -> np.ndarray:
        return self._examples.train

    @property
    def features(self) -> FeatureSets:
        if self._features is None:
            raise ContractError(
                "the metric asks for features although it declares uses_features = False."
            )
        return self._features

    @property
    def halves(self) -> Halves:
        if self._halves is None:
            self._halves = EvidenceInHalves(self, self._chosen)
        return self._halves

    def shared(self, key: Hashable, compute: Callable[[], T]) -> T:
        if key not in self._shared:
            self._shared[key] = compute()
        value: T = self._shared[key]
        return value
