"""Components that were written against names that vaereg no longer has."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

import vaereg
from tests.kit.faulty_features import SoundFeatures
from tests.kit.faulty_metrics import SoundMetric


class GivesLatentAMean(keras.layers.Layer):
    deterministic = True

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name)
        self.shape = context.latent_shape

    def call(self, features: Any, samples: int = 1, seed: Any = None, training: bool = False):
        z = ops.zeros((samples * features.shape[0], *self.shape))
        return vaereg.Latent(z=z, mean=z)


class ReadsTheMeanOfLatent:
    def __init__(self, params: Any, context: Any) -> None:
        pass

    def __call__(self, step: Any) -> Any:
        return ops.sum(ops.square(step.latent.mean), axis=-1)


class ReadsTheNumberOfTheStep(ReadsTheMeanOfLatent):
    def __call__(self, step: Any) -> Any:
        return ops.cast(step.number, "float32")


class ReadsTheDataOfTheContext:
    def __init__(self, params: Any, context: Any) -> None:
        self.shape = context.data.shape


class TellsInfluencesByTheirOldNames(SoundMetric):
    def __call__(self, evidence: Any) -> Any:
        values = np.ones(len(evidence.real))
        return {"gap": vaereg.Measured(value=1.0, sample_size=1, generated=values, real=values)}


class ReadsTheDataOfTheEvidence(SoundMetric):
    def __call__(self, evidence: Any) -> Any:
        return {"gap": vaereg.Measured(value=float(evidence.data.size), sample_size=1)}


class ReadsTheInfluences(SoundMetric):
    def __call__(self, evidence: Any) -> Any:
        found = super().__call__(evidence)
        return {name: score for name, score in found.items() if score.real is not None}


class DecodesData:
    def __init__(self, params: Any, context: Any) -> None:
        pass

    def __call__(self) -> vaereg.Data:
        rows = np.zeros((40, 3), "float32")
        return vaereg.Data(
            spec=vaereg.DataSpec(form="vector", shape=(3,), size=40, value_range=None),
            train=vaereg.ArraySplit(rows),
            decode=lambda row: row,
        )


class AsksForOldDisplay(SoundFeatures):
    def fit(self, data: vaereg.Data, seed: int, tell: Any) -> None:
        data.decode(data.train.take(np.arange(1)))
