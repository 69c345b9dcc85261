"""Feature extractors with one fault each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np

import vaereg


class SoundFeatures:
    """The values less their mean over the training data."""

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        del params
        self.data = context.data_spec
        self.mean = np.zeros(self.data.dimensions, np.float32)

    @property
    def identity(self) -> str:
        return hashlib.sha256(self.mean.tobytes()).hexdigest()[:16]

    @property
    def facts(self) -> Mapping[str, Any]:
        return {"values": len(self.mean)}

    def fit(self, data: vaereg.Data, seed: int, tell: Callable[[str], None]) -> None:
        tell("taking the mean")
        self.mean = self.values(data.train.take(np.arange(len(data.train)))).mean(axis=0)

    def values(self, examples: np.ndarray) -> np.ndarray:
        return examples.reshape(len(examples), -1)

    def __call__(self, examples: np.ndarray) -> np.ndarray:
        return self.values(examples) - self.mean

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        scores = np.exp(features - features.max(axis=1, keepdims=True))
        return scores / scores.sum(axis=1, keepdims=True)

    def state(self) -> dict[str, np.ndarray]:
        return {"mean": self.mean}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        self.mean = state["mean"]


class RefusesSequences(SoundFeatures):
    def fit(self, data: vaereg.Data, seed: int, tell: Callable[[str], None]) -> None:
        if self.data.form == "sequence":
            raise vaereg.DataError("this extractor does not like sequences")
        super().fit(data, seed, tell)


class LacksItsWeights(SoundFeatures):
    def fit(self, data: vaereg.Data, seed: int, tell: Callable[[str], None]) -> None:
        raise vaereg.DataError("there is no file weights.npz; download it")


class GivesDoubles(SoundFeatures):
    def __call__(self, examples: np.ndarray) -> np.ndarray:
        return super().__call__(examples).astype(np.float64)


class CentresTheBatch(SoundFeatures):
    def __call__(self, examples: np.ndarray) -> np.ndarray:
        return self.values(examples) - self.values(examples).mean(axis=0)


class ForgetsWhatItLearned(SoundFeatures):
    def restore(self, state: dict[str, np.ndarray]) -> None:
        del state


class IsAlwaysTheSame(SoundFeatures):
    @property
    def identity(self) -> str:
        return "0123456789abcdef"


class TellsAnArray(SoundFeatures):
    @property
    def facts(self) -> Mapping[str, Any]:
        return {"mean": self.mean}


class CentresInPlace(SoundFeatures):
    def __call__(self, examples: np.ndarray) -> np.ndarray:
        values = self.values(examples)
        values -= self.mean
        return values.copy()


class LearnsInPlace(SoundFeatures):
    def fit(self, data: vaereg.Data, seed: int, tell: Callable[[str], None]) -> None:
        super().fit(data, seed, tell)
        data.train.values[:] += 1.0  # type: ignore[attr-defined]  # the fault


class GivesScores(SoundFeatures):
    def probabilities(self, features: np.ndarray) -> np.ndarray:
        return features


class GivesOtherTensors(SoundFeatures):
    """Its mean is always 0, so that it depends on no data; its network adds 1."""

    def fit(self, data: vaereg.Data, seed: int, tell: Callable[[str], None]) -> None:
        pass

    def network(self) -> keras.layers.Layer:
        flat = keras.layers.Flatten()
        return keras.layers.Lambda(lambda examples: flat(examples) + 1.0, trainable=False)


class TrainsItsNetwork(GivesOtherTensors):
    def network(self) -> keras.layers.Layer:
        return keras.layers.Dense(3)
