"""Chooses the examples and curves that the report draws, by fixed rules.

Paths under `exhibits/` are examples: images as uint8 (n, h, w, c) with 1 or 3 channels, other data
as float32. Paths under `curves/` are numbers. Entries that the data or the model does not allow are
left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from vaereg.contracts.conditions import LABEL
from vaereg.contracts.evidence import FeatureSets
from vaereg.evaluation.evidence.conditions_of_sets import ConditionsOfSets
from vaereg.evaluation.evidence.evaluation_data import EvaluationData, ExtractedFeatures
from vaereg.evaluation.evidence.lazy_evidence import LazyEvidence
from vaereg.evaluation.evidence.quantized import LARGEST
from vaereg.evaluation.evidence.run_model import flat
from vaereg.evaluation.exhibits.latents import latent_exhibits
from vaereg.measures.nearest_in_training import nearest_in_training
from vaereg.measures.nearest_neighbours import nearest_neighbours
from vaereg.measures.nearest_other import nearest_other
from vaereg.measures.radial_spectrum import radial_spectrum

if TYPE_CHECKING:
    from vaereg.model.vae import VAE

SAMPLES, ORIGINALS, NEIGHBOURS, EXTREMES = 128, 64, 8, 16
"""How many samples, reconstructions, pairs of neighbours, and distant examples are shown."""

PER_CLASS = 8

BAND = (5.0, 95.0)
"""The percentiles of the images' spectra that the band shows."""


def exhibits(
    vae: VAE,
    evidence: LazyEvidence,
    features: Mapping[str, ExtractedFeatures],
    data: EvaluationData,
    latents: np.ndarray,
    seed: int,
    copies_in: str = "",
    conditions: ConditionsOfSets | None = None,
) -> dict[str, np.ndarray]:
    """Everything that the report of a run draws.

    Args:
        vae: the trained model.
        evidence: the evidence of the model, with its arrays already computed.
        features: the features by the name of the extractor.
        data: the data of the evaluation.
        latents: (n, *latent), from which the samples were decoded.
        seed: the seed of the samples.
        copies_in: the extractor in whose features copies were searched for; empty if in none.
        conditions: those of the examples, if the model is told any.
    """
    drawn = Drawn(data)
    conditions = ConditionsOfSets() if conditions is None else conditions
    found = {
        "exhibits/samples": drawn(evidence.generated[:SAMPLES]),
        "exhibits/real": drawn(evidence.real[:ORIGINALS]),
        "exhibits/reconstructed": drawn(evidence.reconstructed[:ORIGINALS]),
    }
    searched = features.get(copies_in)
    found |= _nearest_training(evidence, None if searched is None else searched.model, drawn)
    found |= _duplicates(evidence, drawn)
    if features:
        first = next(iter(features.values())).model
        found |= _distant_examples(evidence, first, drawn)
        found |= _by_class(evidence, first, drawn)
    if evidence.data_spec.form == "image":
        found |= _spectra(evidence)
    return found | latent_exhibits(vae, evidence, latents, seed, drawn, conditions)


class Drawn:
    """Examples in the form that the report draws.

    Args:
        data: the data of the evaluation.
    """

    def __init__(self, data: EvaluationData) -> None:
        self._image = data.data.spec.form == "image"
        self._quantizer = data.quantizer

    def __call__(self, examples: np.ndarray) -> np.ndarray:
        """Converts examples that are already quantized."""
        if not self._image:
            return np.asarray(examples, np.float32)
        shown = examples if examples.shape[-1] in (1, 3) else examples.mean(-1, keepdims=True)
        pixels: np.ndarray = np.rint(np.clip(shown, 0.0, 1.0) * LARGEST).astype(np.uint8)
        return pixels

    def raw(self, examples: np.ndarray) -> np.ndarray:
        """Converts examples in the form that the model gives."""
        return self(self._quantizer(examples))


def _nearest_training(
    evidence: LazyEvidence, sets: FeatureSets | None, drawn: Drawn
) -> dict[str, np.ndarray]:
    """Samples with their nearest training examples, by their values and in features."""
    near, real = (nearest_in_training(evidence, which) for which in ("generated", "real"))
    distances, indices = near.distances[:, 0], near.indices[:, 0]
    closest = np.argsort(distances, kind="stable")[:NEIGHBOURS]
    found = {
        "curves/nearest_train_generated": np.sort(distances),
        "curves/nearest_train_real": np.sort(real.distances[:, 0]),
    }
    # The first samples are as random as any other selection.
    for name, chosen in (("closest", closest), ("random", np.arange(len(distances))[:NEIGHBOURS])):
        found |= {
            f"exhibits/{name}/generated": drawn(evidence.generated[chosen]),
            f"exhibits/{name}/train": drawn(evidence.train[indices[chosen]]),
            f"exhibits/{name}/distance": distances[chosen],
        }
    if sets is not None:
        seen = nearest_neighbours(sets.generated, sets.train, 1)
        chosen = np.argsort(seen.distances[:, 0], kind="stable")[:NEIGHBOURS]
        found |= {
            "exhibits/closest_features/generated": drawn(evidence.generated[chosen]),
            "exhibits/closest_features/train": drawn(evidence.train[seen.indices[chosen, 0]]),
            "exhibits/closest_features/distance": seen.distances[chosen, 0],
        }
    return found


def _duplicates(evidence: LazyEvidence, drawn: Drawn) -> dict[str, np.ndarray]:
    """The most similar pairs of samples, each pair once."""
    values = flat(evidence.generated)
    if len(values) < 3:
        return {}
    near = nearest_other(evidence, "generated")
    first, second = np.arange(len(values)), near.indices[:, 0]
    low, high = np.minimum(first, second), np.maximum(first, second)
    order = np.argsort(near.distances[:, 0], kind="stable")
    pairs = dict.fromkeys((int(low[i]), int(high[i])) for i in order)
    shown = list(pairs)[:NEIGHBOURS]
    one, other = np.array(shown).T
    return {
        "exhibits/duplicates/first": drawn(evidence.generated[one]),
        "exhibits/duplicates/second": drawn(evidence.generated[other]),
        "exhibits/duplicates/distance": np.linalg.norm(values[one] - values[other], axis=1),
    }


def _distant_examples(
    evidence: LazyEvidence, sets: FeatureSets, drawn: Drawn
) -> dict[str, np.ndarray]:
    """Real examples far from every sample, and samples far from every real example.

    The distance of a real example is divided by the distance to its own nearest real neighbour, so
    that rare examples do not come first merely because they are rare.
    """
    to_samples = nearest_neighbours(sets.real, sets.generated, 1).distances[:, 0]
    within = nearest_neighbours(sets.real, sets.real, 1, leave_out_self=True).distances[:, 0]
    scale = np.maximum(within, np.median(within) * 1e-3 + 1e-12)
    uncovered = np.argsort(-to_samples / scale, kind="stable")[:EXTREMES]
    to_real = nearest_neighbours(sets.generated, sets.real, 1).distances[:, 0]
    worst = np.argsort(-to_real, kind="stable")[:EXTREMES]
    return {
        "exhibits/uncovered": drawn(evidence.real[uncovered]),
        "exhibits/worst": drawn(evidence.generated[worst]),
    }


def _by_class(evidence: LazyEvidence, sets: FeatureSets, drawn: Drawn) -> dict[str, np.ndarray]:
    """The first samples of each class, and the share of each class according to the classifier.

    A sample belongs to the class that it was drawn for, or else to that of the classifier.
    """
    real, generated = sets.real_probabilities, sets.generated_probabilities
    found = {}
    chosen = None
    if real is not None and generated is not None:
        classes, chosen = real.shape[1], generated.argmax(axis=1)
        found = {
            "curves/class_share_real": np.bincount(real.argmax(axis=1), minlength=classes)
            / len(real),
            "curves/class_share_generated": np.bincount(chosen, minlength=classes) / len(generated),
        }
    asked = evidence.generated_given.get(LABEL)
    if asked is not None and evidence.data_spec.classes:
        chosen, classes = asked, evidence.data_spec.classes
        found["exhibits/by_class/told"] = np.array([True])
    if chosen is None:
        return found
    samples = np.zeros((classes, PER_CLASS, *evidence.generated.shape[1:]), np.float32)
    present = np.zeros((classes, PER_CLASS), bool)
    for each in range(classes):
        of_class = np.flatnonzero(chosen == each)[:PER_CLASS]
        samples[each, : len(of_class)] = evidence.generated[of_class]
        present[each, : len(of_class)] = True
    return {
        "exhibits/by_class/samples": drawn(samples),
        "exhibits/by_class/present": present,
        **found,
    }


def _spectra(evidence: LazyEvidence) -> dict[str, np.ndarray]:
    """Mean power by frequency in dB, and the band that holds most samples."""
    found = {}
    for name in ("real", "generated", "reconstructed"):
        spectrum = radial_spectrum(getattr(evidence, name))
        found["curves/frequency"] = spectrum.frequencies
        found[f"curves/spectrum_{name}"] = _decibels(spectrum.power.mean(axis=0))
        if name == "generated":
            low, high = np.percentile(spectrum.power, BAND, axis=0)
            found["curves/spectrum_generated_low"] = _decibels(low)
            found["curves/spectrum_generated_high"] = _decibels(high)
    return found


def _decibels(power: np.ndarray) -> np.ndarray:
    """10 log10 of power, no less than -120 dB."""
    decibels: np.ndarray = 10.0 * np.log10(np.maximum(power, 1e-12))
    return decibels
