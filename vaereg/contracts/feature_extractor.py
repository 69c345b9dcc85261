"""The contract of a feature extractor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np

from vaereg.contracts.data import Data


class FeatureExtractor(Protocol):
    """Turns examples into feature vectors that distances make sense in; works on numpy arrays.

    Images come in [0, 1] on the grid of 8-bit values, as (n, height, width, channels) float32.

    Laws: a call gives (n, d) float32, finite, row i depending on example i alone; equal examples
    give equal features; `restore(state())` on a fresh extractor gives equal features and the same
    identity; it never learns from generated data, since `fit` sees the data alone. An extractor
    that cannot take the data raises `vaereg.DataError` in `fit` or when it is built.

    It may also offer `probabilities(features) -> (n, classes)`, where it classifies.

    Attributes:
        identity: a short hash of all that decides the features: weights and preprocessing. Scores
            under different identities are never compared.
        facts: what a reader of the scores should know, such as {"accuracy": 0.91}; plain values.
    """

    @property
    def identity(self) -> str: ...
    @property
    def facts(self) -> Mapping[str, object]: ...  # values that JSON has

    def fit(self, data: Data, seed: int, tell: Callable[[str], None]) -> None:
        """Learns from the training data, or reads its weights; `tell` gets a line on progress."""
        ...

    def __call__(self, examples: np.ndarray) -> np.ndarray:
        """Features (n, d) float32 of examples (n, *data)."""
        ...

    def state(self) -> dict[str, np.ndarray]:
        """What `fit` learned, as plain arrays; empty where it only read weights."""
        ...

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Takes a state back; where the state is empty, reads its weights as `fit` does."""
        ...
