"""The contract of a feature extractor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np

from vaereg.contracts.data import Data


class FeatureExtractor(Protocol):
    """Turns examples into feature vectors with meaningful distances; works on numpy arrays.

    Images are in [0, 1] and quantized to 8 bits, as (n, height, width, channels) float32.

    Laws: a call gives finite float32 features (n, d), and row i depends on example i only; equal
    examples give equal features; after `restore(state())` a fresh extractor gives equal features
    and the same identity; it never learns from generated data, since `fit` gets only the dataset.
    An extractor that cannot handle the data raises `vaereg.DataError` when it is built or in `fit`.

    If it classifies, it may also have `probabilities(features) -> (n, classes)`.

    If its weights do not depend on the data, it may have `network() -> keras.layers.Layer`: the
    same features as tensors, (B, *data) -> (B, d) float32, with gradients to the examples, for a
    part that holds the extractor in training. Images are in [0, 1]; they need not be quantized.
    `network` reads the weights itself, without `fit`, and they are frozen. The layer may have
    `maps(examples) -> [(B, h, w, channels), ...]`, feature maps of several depths, the finest
    first. A model that was trained with an extractor is never judged in its features.

    Attributes:
        identity: a short hash of everything that determines the features: weights and
            preprocessing. Scores under different identities are never compared.
        facts: what a reader of the scores should know, such as {"accuracy": 0.91}; plain values.
    """

    @property
    def identity(self) -> str: ...
    @property
    def facts(self) -> Mapping[str, object]: ...  # values that JSON has

    def fit(self, data: Data, seed: int, tell: Callable[[str], None]) -> None:
        """Learns from the training data, or reads weights; passes lines on progress to `tell`."""
        ...

    def __call__(self, examples: np.ndarray) -> np.ndarray:
        """Features (n, d) float32 of examples (n, *data)."""
        ...

    def state(self) -> dict[str, np.ndarray]:
        """What `fit` learned, as plain arrays; empty if it only read weights."""
        ...

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Restores a state; if the state is empty, reads the weights as `fit` does."""
        ...
