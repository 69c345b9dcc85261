"""Objectives and regularizers with one fault each."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

import vaereg


class SoundObjective:
    samples: Any = 2
    importance = False

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        del params, context

    def __call__(self, bound: vaereg.Bound) -> dict[str, Any]:
        return {"reconstruction": -ops.mean(bound.log_likelihood, axis=0), "kl": bound.kl}


class AsksForHalfASample(SoundObjective):
    samples = 2.0

    def __call__(self, bound: vaereg.Bound) -> dict[str, Any]:
        return super().__call__(bound)


class Maximises(SoundObjective):
    def __call__(self, bound: vaereg.Bound) -> dict[str, Any]:
        return {"reconstruction": ops.mean(bound.log_likelihood, axis=0), "kl": bound.kl}


class SoundRegularizer:
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        del params, context

    def __call__(self, step: vaereg.Step) -> Any:
        gap = ops.square(step.x - step.reconstruction)
        return ops.mean(gap, axis=tuple(range(1, len(gap.shape))))


class SumsOverTheBatch(SoundRegularizer):
    def __call__(self, step: vaereg.Step) -> Any:
        value = super().__call__(step)
        return ops.broadcast_to(ops.sum(value), ops.shape(value))


class LosesItsGradient(SoundRegularizer):
    def __call__(self, step: vaereg.Step) -> Any:
        return ops.stop_gradient(super().__call__(step))


class DrawsFromElsewhere(SoundRegularizer):
    def __call__(self, step: vaereg.Step) -> Any:
        return super().__call__(step) * float(np.random.default_rng().uniform())


class HidesALayer(SoundRegularizer):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.network = keras.layers.Dense(1, name="network")
