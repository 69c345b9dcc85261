"""Metrics with one fault each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np

import vaereg


def brightness(examples: np.ndarray) -> np.ndarray:
    return examples.reshape(len(examples), -1).mean(axis=1, dtype=np.float64)


class SoundMetric:
    uses_features = False
    scores: Mapping[str, Any] = {
        "gap": vaereg.ScoreInfo(
            question="true",
            direction=0,
            ideal=0.0,
            meaning="How much brighter samples are than real examples.",
        ),
        "kl": vaereg.ScoreInfo(
            question="health",
            direction=0,
            unit="nats",
            meaning="How much the latent says about an example.",
        ),
    }

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        del params, context

    def gap(self, evidence: vaereg.Evidence) -> vaereg.Measured:
        real, generated = brightness(evidence.real), brightness(evidence.generated)
        return vaereg.Measured(
            value=float(generated.mean() - real.mean()),
            sample_size=len(generated),
            influence_of_generated=generated,
            influence_of_real=-real,
        )

    def kl(self, model: Any) -> dict[str, vaereg.Measured]:
        if model.kl is None:
            return {}
        each = model.kl.sum(axis=1, dtype=np.float64)
        return {
            "kl": vaereg.Measured(
                value=float(each.mean()), sample_size=len(each), influence_of_real=each
            )
        }

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, Any]:
        found = {"gap": self.gap(evidence)}
        return found if evidence.model is None else found | self.kl(evidence.model)


class SaysNothing(SoundMetric):
    scores: Mapping[str, Any] = {"gap": attrs.evolve(SoundMetric.scores["gap"], meaning="gap")}


class RefusesVectors(SoundMetric):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        self.form = context.data_spec.form

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, Any]:
        if self.form == "vector":
            raise vaereg.DataError("this metric does not like vectors")
        return super().__call__(evidence)


class RefusesEverything(SoundMetric):
    def __call__(self, evidence: vaereg.Evidence) -> dict[str, Any]:
        raise vaereg.DataError("this metric does not like data")


class MeasuresInSecret(SoundMetric):
    def __call__(self, evidence: vaereg.Evidence) -> dict[str, Any]:
        return {**super().__call__(evidence), "secret": self.gap(evidence)}


class TakesTheLogOfNothing(SoundMetric):
    def gap(self, evidence: vaereg.Evidence) -> vaereg.Measured:
        return attrs.evolve(super().gap(evidence), value=float("-inf"))


class MixesUpTheSides(SoundMetric):
    def gap(self, evidence: vaereg.Evidence) -> vaereg.Measured:
        sound = super().gap(evidence)
        return attrs.evolve(
            sound,
            influence_of_generated=sound.influence_of_real,
            influence_of_real=sound.influence_of_generated,
        )


class DividesInfluences(SoundMetric):
    """Divides influences by n, as if they had to add up to the value."""

    def gap(self, evidence: vaereg.Evidence) -> vaereg.Measured:
        sound = super().gap(evidence)
        return attrs.evolve(
            sound, influence_of_generated=sound.influence_of_generated / sound.sample_size
        )


class LooksAtTheFirst(SoundMetric):
    def gap(self, evidence: vaereg.Evidence) -> vaereg.Measured:
        return vaereg.Measured(value=float(evidence.generated[0].mean()), sample_size=1)


class SortsInfluences(SoundMetric):
    def gap(self, evidence: vaereg.Evidence) -> vaereg.Measured:
        sound = super().gap(evidence)
        return attrs.evolve(sound, influence_of_real=np.sort(sound.influence_of_real))


class SkipsTheReference(SoundMetric):
    def __call__(self, evidence: vaereg.Evidence) -> dict[str, Any]:
        return {} if evidence.unseen is not None else super().__call__(evidence)


class LikesDistance(SoundMetric):
    scores: Mapping[str, Any] = {
        "gap": vaereg.ScoreInfo(
            question="true", direction=1, meaning="How far the values of samples spread wrongly."
        )
    }

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, Any]:
        spreads = [each.std(axis=0).mean() for each in (evidence.real, evidence.generated)]
        value = float(abs(spreads[0] - spreads[1]))
        return {"gap": vaereg.Measured(value=value, sample_size=len(evidence.generated))}


class DrawsFromElsewhere(SoundMetric):
    def gap(self, evidence: vaereg.Evidence) -> vaereg.Measured:
        chosen = np.random.default_rng().integers(len(evidence.generated), size=8)
        value = float(evidence.generated[chosen].mean() - evidence.real.mean())
        return vaereg.Measured(value=value, sample_size=8)


class SubtractsPairs(SoundMetric):
    def gap(self, evidence: vaereg.Evidence) -> vaereg.Measured:
        value = float((evidence.generated - evidence.real).mean())
        return vaereg.Measured(value=value, sample_size=len(evidence.real))


class NeedsADensity(SoundMetric):
    def kl(self, model: Any) -> dict[str, vaereg.Measured]:
        value = float(model.kl.sum(axis=1).mean())
        return {"kl": vaereg.Measured(value=value, sample_size=len(model.kl))}


class CentresInPlace(SoundMetric):
    def gap(self, evidence: vaereg.Evidence) -> vaereg.Measured:
        found = super().gap(evidence)
        evidence.generated[:] -= evidence.real.mean()
        return found


class LooksAtFeaturesUnasked(SoundMetric):
    def gap(self, evidence: vaereg.Evidence) -> vaereg.Measured:
        value = float(evidence.features.generated.mean())
        return vaereg.Measured(value=value, sample_size=len(evidence.generated))


def takes_nothing() -> None:
    """A factory that cannot be called as the engine calls it."""
