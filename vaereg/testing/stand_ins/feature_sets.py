"""Hand-made feature sets, to try metrics without a feature extractor."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import attrs
import numpy as np

from vaereg.contracts.evidence import Evidence

Extract = Callable[[np.ndarray], np.ndarray]


def flattened(examples: np.ndarray) -> np.ndarray:
    """The values of each example as its features, (n, d) float32."""
    return examples.reshape(len(examples), -1).astype(np.float32)


@attrs.define(eq=False, slots=False)
class StandInFeatures:
    """Features of the examples of an evidence; keeps the contract of `FeatureSets`.

    Args:
        evidence: provides the examples.
        extract: examples (n, *data) -> features (n, d).
        probabilities: features -> (n, classes), or None for an extractor that does not classify.
    """

    _evidence: Evidence
    _extract: Extract = flattened
    _probabilities: Extract | None = None
    name: str = attrs.field(default="stand_in", init=False)

    @cached_property
    def real(self) -> np.ndarray:
        return self._features(self._evidence.real)

    @cached_property
    def generated(self) -> np.ndarray:
        return self._features(self._evidence.generated)

    @cached_property
    def reconstructed(self) -> np.ndarray:
        return self._features(self._evidence.reconstructed)

    def reconstructed_at(self, rows: np.ndarray) -> np.ndarray:
        return self.reconstructed[rows]

    def reconstructed_probabilities_at(self, rows: np.ndarray) -> np.ndarray | None:
        return (
            None if self._probabilities is None else self._probabilities(self.reconstructed[rows])
        )

    @cached_property
    def train(self) -> np.ndarray:
        return self._features(self._evidence.train)

    @cached_property
    def real_probabilities(self) -> np.ndarray | None:
        return None if self._probabilities is None else self._probabilities(self.real)

    @cached_property
    def generated_probabilities(self) -> np.ndarray | None:
        return None if self._probabilities is None else self._probabilities(self.generated)

    def _features(self, examples: np.ndarray) -> np.ndarray:
        return np.asarray(self._extract(examples), np.float32)
