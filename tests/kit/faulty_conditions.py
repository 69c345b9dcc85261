"""Components that ask for conditions, with one fault each."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

import vaereg
from tests.kit.faulty_arrays import SoundSampler
from tests.kit.faulty_layers import SoundDecoder, SoundEncoder, SoundPosterior
from tests.kit.faulty_terms import SoundRegularizer

CLASSES = 3


class ToldEncoder(SoundEncoder):
    """Sound: adds a learned value for each class to its features."""

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.shift = keras.layers.Embedding(
            CLASSES, 6, embeddings_initializer=keras.initializers.RandomNormal(seed=1), name="shift"
        )

    def of(self, label: Any) -> Any:
        return self.shift(label)

    def call(self, x: Any, given: Any, training: bool = False) -> Any:
        features = super().call(x)
        return features + ops.cast(self.of(given["label"]), features.dtype)


class TellsAllWhatTheFirstIsTold(ToldEncoder):
    def of(self, label: Any) -> Any:
        return self.shift(label[:1])


class SortsItsConditions(ToldEncoder):
    def of(self, label: Any) -> Any:
        return self.shift(ops.sort(label))


class MeansOverItsConditions(ToldEncoder):
    def of(self, label: Any) -> Any:
        return ops.mean(self.shift(label), axis=0, keepdims=True)


class AsksInVain(ToldEncoder):
    def of(self, label: Any) -> Any:
        return self.shift(ops.zeros_like(label))


class AsksForTwoAndUsesOne(ToldEncoder):
    """It is declared to ask for `size` too."""


class ToldDecoder(SoundDecoder):
    """Sound, and starts without a use of its condition."""

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.scale = keras.layers.Embedding(
            CLASSES, 1, embeddings_initializer="zeros", name="scale"
        )

    def call(self, z: Any, given: Any, training: bool = False) -> Any:
        outputs = super().call(z)
        scale = ops.cast(self.scale(given["label"]), outputs.dtype)
        return outputs + ops.reshape(scale, (-1, *(1,) * len(self.shape)))


class ToldPosterior(SoundPosterior):
    """Sound: moves the mode by the class."""

    def repeated_label(self, label: Any, samples: int) -> Any:
        return ops.tile(label, (samples,))

    def call(
        self, features: Any, samples: int = 1, seed: Any = None, training: bool = False, given=None
    ) -> Any:
        latent = super().call(features, samples=samples, seed=seed, training=training)
        label = self.repeated_label(given["label"], samples)
        shift = ops.reshape(ops.cast(label, "float32"), (-1, *(1,) * (len(latent.mode.shape) - 1)))
        return latent._replace(z=latent.z + shift, mode=latent.mode + shift)


class RepeatsLabelsOneByOne(ToldPosterior):
    def repeated_label(self, label: Any, samples: int) -> Any:
        return ops.repeat(label, samples)


class ReadsWhatItDidNotAskFor(SoundRegularizer):
    def __call__(self, step: vaereg.Step) -> Any:
        return super().__call__(step) * ops.cast(step.given["label"], "float32")


class ToldSampler(SoundSampler):
    """Sound: a Gaussian for each class."""

    def fit(self, latents: np.ndarray, seed: int, given: Any) -> None:
        chosen = self.labels_of_fit(given["label"])
        self.mean = np.stack(
            [latents[chosen == each].mean(axis=0) for each in range(CLASSES)]
        ).astype(np.float32)

    def labels_of_fit(self, label: np.ndarray) -> np.ndarray:
        return label

    def labels(self, label: np.ndarray) -> np.ndarray:
        return label

    def sample(self, n: int, seed: int, given: Any) -> np.ndarray:
        noise = np.random.default_rng(seed).normal(size=(n, *self.shape))
        return (self.mean[self.labels(given["label"])] + noise).astype(np.float32)


class DrawsOfTheNextClass(ToldSampler):
    def labels(self, label: np.ndarray) -> np.ndarray:
        return (label + 1) % CLASSES


class DrawsInAnotherOrder(ToldSampler):
    def labels(self, label: np.ndarray) -> np.ndarray:
        return np.sort(label)


class LearnsWithoutLabels(ToldSampler):
    def labels_of_fit(self, label: np.ndarray) -> np.ndarray:
        return np.arange(len(label)) // 2 % CLASSES


CONDITIONAL = [
    (
        "conditions-stay-with-their-examples",
        "encoder",
        "TellsAllWhatTheFirstIsTold",
        "not permuted with",
    ),
    ("conditions-stay-with-their-examples", "encoder", "SortsItsConditions", "not permuted with"),
    (
        "conditions-stay-with-their-examples",
        "posterior",
        "RepeatsLabelsOneByOne",
        "mode is not permuted",
    ),
    ("examples-are-independent", "encoder", "MeansOverItsConditions", "changes with its batch"),
    ("what-is-asked-for-matters", "encoder", "AsksInVain", "no output changes.*'label'"),
    (
        "samples-follow-their-conditions",
        "sampler",
        "DrawsOfTheNextClass",
        "nearest to the class",
    ),
    (
        "samples-follow-their-conditions",
        "sampler",
        "DrawsInAnotherOrder",
        "nearest to the class",
    ),
    (
        "samples-follow-their-conditions",
        "sampler",
        "LearnsWithoutLabels",
        "nearest to the class",
    ),
]
"""Law, kind, class, and the text of the fault that the kit must find."""

SOUND_CONDITIONAL = {
    "encoder": "ToldEncoder",
    "decoder": "ToldDecoder",
    "posterior": "ToldPosterior",
    "sampler": "ToldSampler",
}
"""The sound components to which these faults were added."""
