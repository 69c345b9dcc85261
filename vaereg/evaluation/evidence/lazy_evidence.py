"""Evidence that is computed when a metric first asks for it: see `vaereg.contracts.evidence`."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

import numpy as np

from vaereg.contracts.data import DataSpec
from vaereg.contracts.evidence import FeatureSets, ModelView
from vaereg.errors import ContractError

Source = Callable[[], np.ndarray]


class Lazy:
    """Values by name, each computed once.

    Args:
        sources: what computes each.
    """

    def __init__(self, sources: Mapping[str, Callable[[], Any]]) -> None:
        self._sources = dict(sources)
        self._values: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._values:
            self._values[name] = self._sources[name]()
        return self._values[name]


class LazyFeatures:
    """The examples as one extractor sees them.

    Args:
        name: the extractor's.
        sources: what computes "real", "generated", "reconstructed" and "train".
        probabilities: features -> (n, classes), or None where the extractor does not classify.
    """

    def __init__(
        self,
        name: str,
        sources: Mapping[str, Source],
        probabilities: Callable[[np.ndarray], np.ndarray] | None = None,
    ) -> None:
        self.name = name
        self._values = Lazy(sources)
        self._probabilities = probabilities
        self._classified: dict[str, np.ndarray] = {}

    @property
    def real(self) -> np.ndarray:
        return self._values["real"]

    @property
    def generated(self) -> np.ndarray:
        return self._values["generated"]

    @property
    def reconstructed(self) -> np.ndarray:
        return self._values["reconstructed"]

    @property
    def train(self) -> np.ndarray:
        return self._values["train"]

    @property
    def real_probabilities(self) -> np.ndarray | None:
        return self._classify("real")

    @property
    def generated_probabilities(self) -> np.ndarray | None:
        return self._classify("generated")

    def _classify(self, which: str) -> np.ndarray | None:
        if self._probabilities is None:
            return None
        if which not in self._classified:
            self._classified[which] = self._probabilities(self._values[which])
        return self._classified[which]


class LazyEvidence:
    """What one evaluation looks at.

    Args:
        data_spec: what the examples look like.
        examples: computes "real", "generated", "reconstructed" and "train".
        unseen, model, thorough, seed: see `vaereg.Evidence`.
    """

    def __init__(
        self,
        data_spec: DataSpec,
        examples: Lazy,
        *,
        unseen: np.ndarray | None = None,
        model: ModelView | None = None,
        thorough: bool = False,
        seed: int = 0,
    ) -> None:
        self.data_spec = data_spec
        self.unseen = unseen
        self.model = model
        self.thorough = thorough
        self.seed = seed
        self._examples = examples
        self._features: FeatureSets | None = None
        self._shared: dict[Hashable, Any] = {}

    def seen_by(self, features: FeatureSets) -> LazyEvidence:
        """The same evidence as an extractor sees it: equal examples, its own shared values."""
        seen = LazyEvidence(
            self.data_spec,
            self._examples,
            unseen=self.unseen,
            model=self.model,
            thorough=self.thorough,
            seed=self.seed,
        )
        seen._features = features
        return seen

    @property
    def real(self) -> np.ndarray:
        return self._examples["real"]

    @property
    def generated(self) -> np.ndarray:
        return self._examples["generated"]

    @property
    def reconstructed(self) -> np.ndarray:
        return self._examples["reconstructed"]

    @property
    def train(self) -> np.ndarray:
        return self._examples["train"]

    @property
    def features(self) -> FeatureSets:
        if self._features is None:
            raise ContractError(
                "the metric asks for features although it declares uses_features = False."
            )
        return self._features

    def shared(self, key: Hashable, compute: Callable[[], Any]) -> Any:
        if key not in self._shared:
            self._shared[key] = compute()
        return self._shared[key]
