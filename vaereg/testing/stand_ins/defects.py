"""Evidence of real data against real data, and the same evidence with an obvious defect."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from vaereg.contracts.conditions import LABEL
from vaereg.contracts.data import DataSpec
from vaereg.testing.stand_ins.evidence import StandInEvidence
from vaereg.testing.stand_ins.feature_sets import Extract
from vaereg.testing.stand_ins.linear_gaussian import LinearGaussian

CLASSES = 3
"""How many classes examples have if no classifier says of which they are."""

SURE = 2.5
"""The scale of the stand-in classifier's logits: it is confident about nearly all real examples."""

Spoil = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""(examples (n, *data), training examples) -> spoilt examples (n, *data), not yet on the levels."""


def _noise(examples: np.ndarray, train: np.ndarray) -> np.ndarray:
    rng = np.random.default_rng(41)
    return rng.uniform(train.min(), train.max(), size=examples.shape)


def _constant(examples: np.ndarray, train: np.ndarray) -> np.ndarray:
    return np.full(examples.shape, train.max())


def _repeated(examples: np.ndarray, train: np.ndarray) -> np.ndarray:
    del train
    return np.repeat(examples[:1], len(examples), axis=0)


def _copied(examples: np.ndarray, train: np.ndarray) -> np.ndarray:
    return train[np.arange(len(examples)) % len(train)]


def _low_contrast(examples: np.ndarray, train: np.ndarray) -> np.ndarray:
    mean = train.mean(axis=0)
    return mean + 0.3 * (examples - mean)


def _striped(examples: np.ndarray, train: np.ndarray) -> np.ndarray:
    places = np.arange(examples.shape[1]).reshape(-1, *[1] * (examples.ndim - 2))
    return examples + 0.3 * (train.max() - train.min()) * (-1.0) ** places


DEFECTS: dict[str, Spoil] = {
    "noise": _noise,
    "one constant": _constant,
    "one example again and again": _repeated,
    "training examples": _copied,
    "pale examples": _low_contrast,
    "stripes over the examples": _striped,
}
"""By name: the function whose results replace samples and reconstructions."""


def reference(evidence: StandInEvidence, *, unseen: bool = True) -> StandInEvidence:
    """Real data against real data: the samples are further draws from the same distribution.

    Reconstructions are perfect: they are the real examples.

    Args:
        evidence: provides the real and training examples.
        unseen: whether to mark half of the draws as unseen in training, as a reference does.
    """
    model, count = evidence.linear_gaussian, len(evidence.real)
    rng = np.random.default_rng([evidence.seed, 42])
    others = model.draw(rng.normal(size=(count, model.latent)), rng)
    marked = np.arange(count) < count // 2 if unseen else None
    given = labels_of(evidence, others) if evidence.real_given else {}
    return _evidence_with(evidence, others, evidence.real, marked, given)


def labels_of(evidence: StandInEvidence, examples: np.ndarray) -> dict[str, np.ndarray]:
    """The condition "label" of undamaged examples: the classifier's class, if there is one."""
    if evidence.extract is None or evidence.probabilities is None:
        return {LABEL: np.arange(len(examples)) % CLASSES}
    found = evidence.probabilities(evidence.extract(examples))
    return {LABEL: np.asarray(found).argmax(axis=1)}


def spoilt(real: StandInEvidence, spoil: Spoil) -> StandInEvidence:
    """Evidence of real data with a defect added to samples and reconstructions."""
    generated, reconstructed = (
        real.linear_gaussian.on_levels(spoil(each, real.train))
        for each in (real.generated, real.reconstructed)
    )
    return _evidence_with(real, generated, reconstructed, None, real.generated_given)


def _evidence_with(
    evidence: StandInEvidence,
    generated: np.ndarray,
    reconstructed: np.ndarray,
    unseen: np.ndarray | None,
    generated_given: Mapping[str, np.ndarray],
) -> StandInEvidence:
    return StandInEvidence(
        evidence.real,
        generated,
        reconstructed,
        evidence.train,
        data_spec=evidence.data_spec,
        extract=evidence.extract,
        probabilities=evidence.probabilities,
        unseen=unseen,
        real_given=evidence.real_given,
        generated_given=generated_given,
        seed=evidence.seed,
    )


class Projection:
    """A stand-in feature extractor: six random projections, four of which are class logits.

    It is confident about the class of real examples, and less so for paler ones.

    Args:
        data: the specification of the examples.
    """

    def __init__(self, data: DataSpec) -> None:
        model = LinearGaussian(data)
        size = data.dimensions
        self._middle = model.middle
        scale = model.noise * np.sqrt(size)
        self._directions = np.random.default_rng(43).normal(size=(size, 6)) / scale

    def extract(self, examples: np.ndarray) -> np.ndarray:
        """Features (n, 6) float32."""
        centred = examples.reshape(len(examples), -1) - self._middle
        return (centred @ self._directions).astype(np.float32)

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """Class probabilities (n, 4) float32."""
        scores = SURE * features[:, :4].astype(np.float64)
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        return (odds / odds.sum(axis=1, keepdims=True)).astype(np.float32)


def features_for(uses_features: bool, data: DataSpec) -> dict[str, Extract | None]:
    """The arguments of `StandInEvidence` about features, for a metric that uses them or not."""
    if not uses_features:
        return {"extract": None, "probabilities": None}
    projection = Projection(data)
    return {"extract": projection.extract, "probabilities": projection.probabilities}
