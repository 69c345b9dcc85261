"""What `vaereg compare` says of two sets of images, without a model or a run.

The real metrics, extractors and references of an evaluation measure each set as the samples of a
model, in memory, and `vaereg.comparison` compares them as one pair of runs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import attrs
import numpy as np

from tests.battery.sets import RealSet
from vaereg.comparison.compare_runs import compare_measured
from vaereg.comparison.comparison import ONE_PAIR, Comparison
from vaereg.comparison.measured_run import Influences, MeasuredRun
from vaereg.comparison.pairing import Pairing
from vaereg.contracts.feature_extractor import FeatureExtractor
from vaereg.contracts.metric import ScoreInfo
from vaereg.declaration.declaration import AUTO
from vaereg.discovery.catalog import Catalog
from vaereg.discovery.discover import discover
from vaereg.evaluation.evaluation import Evaluation, Extractor
from vaereg.evaluation.evidence.cache import Cache
from vaereg.evaluation.evidence.evaluation_data import EvaluationData
from vaereg.evaluation.evidence.extractors import (
    FittedExtractor,
    choose_extractors,
    fit_extractor,
)
from vaereg.evaluation.evidence.presets import QUICK
from vaereg.evaluation.evidence.real_examples import choose_real
from vaereg.evaluation.scores.measuring import build_metrics, measure
from vaereg.evaluation.scores.reference_scores import CachedReferences
from vaereg.host.progress import Progress

DECIDE_NOTHING = (
    "frechet",
    "one_nearest_neighbour",
    "duplicates",
    "vendi",
    "likelihood_bound",
    "latent_use",
    "aggregate_posterior",
    "reconstruction",
)
"""Metrics that no verdict, veto or warning rests on, so that they only take time here."""


class Remembering:
    """A feature extractor that keeps the features of images which it was asked to remember.

    Many defects leave most images as they are.

    Args:
        extractor: the extractor.
        store: where the features of all images are kept for another process; None for nowhere.
    """

    def __init__(self, extractor: FeatureExtractor, store: Cache | None = None) -> None:
        self._extractor = extractor
        self._store = store
        self._known: dict[bytes, np.ndarray] = {}
        probabilities = getattr(extractor, "probabilities", None)
        if probabilities is not None:
            self.probabilities = probabilities

    @property
    def identity(self) -> str:
        """That of the extractor."""
        return self._extractor.identity

    @property
    def facts(self) -> Mapping[str, object]:
        """Those of the extractor."""
        return self._extractor.facts

    def remember(self, images: np.ndarray) -> None:
        """Keeps the features of quantized images."""
        features = self(images)
        self._known.update(zip(map(_key, images), features, strict=True))

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Features (n, d) float32; each image that is not remembered is computed once."""
        keys = [_key(image) for image in images]
        new = {key: i for i, key in enumerate(keys) if key not in self._known}
        found: dict[bytes, np.ndarray] = {}
        if new:
            found = dict(zip(new, self._compute(images[list(new.values())]), strict=True))
        return np.stack([found[key] if key in found else self._known[key] for key in keys])

    def _compute(self, images: np.ndarray) -> np.ndarray:
        def features() -> dict[str, np.ndarray]:
            return {"features": np.asarray(self._extractor(images), np.float32)}

        if self._store is None:
            return features()["features"]
        decided_by = (self.identity, hashlib.sha256(images.tobytes()).hexdigest())
        return self._store.get("battery", decided_by, features)["features"]


@attrs.frozen(kw_only=True, eq=False)
class Judge:
    """Compares sets of images as samples of two models of one set of real data.

    Args:
        real: the real images.
        data: the data of the evaluations.
        extractors: the feature spaces, each of which remembers features.
        catalog: the installed components.
        references: the scores of real data against real data.
    """

    real: RealSet
    data: EvaluationData
    extractors: Mapping[str, tuple[FittedExtractor, Remembering]]
    catalog: Catalog
    references: CachedReferences

    @classmethod
    def of(cls, real: RealSet, cache: Path, *, store: bool = False) -> Judge:
        """The judge that an installation gives the data of `real`.

        Args:
            real: the real images.
            cache: a folder for features, extractors and references.
            store: keep the features of defects there too, for another process.
        """
        catalog = discover()
        chosen = choose_real(real.data, QUICK)
        data = EvaluationData.of(real.data, chosen)
        spec, kept, quiet = data.quantizer.quantized_spec, Cache(cache), Progress(quiet=True)
        wanted, _ = choose_extractors((AUTO,), catalog, spec, kept)
        extractors = {}
        for each in wanted:
            fitted = fit_extractor(each, data.quantized, spec, kept, quiet)
            remembering = Remembering(fitted.extractor, kept if store else None)
            extractors[fitted.name] = attrs.evolve(fitted, extractor=remembering), remembering
        references = CachedReferences(
            cache=kept,
            digest=real.data.digest,
            real=chosen,
            thorough=False,
            identities={name: each.identity for name, (each, _) in extractors.items()},
        )
        return cls(
            real=real,
            data=data,
            extractors=extractors,
            catalog=catalog,
            references=references,
        )

    def remember(self, images: np.ndarray) -> None:
        """Keeps the features of images that many sets hold."""
        for _, remembering in self.extractors.values():
            remembering.remember(images)

    def measured(self, samples: np.ndarray, name: str, *, whole: bool = True) -> MeasuredRun:
        """The evaluation of samples.

        Args:
            samples: (n, height, width, channels) in [0, 1].
            name: for messages.
            whole: whether to measure everything; otherwise only what "sharp" needs, which takes
                a tenth of the time, since no features are among it.
        """
        spec = self.data.quantizer.quantized_spec
        evidence = self.data.evidence(_Stand(), samples, None, thorough=False)  # type: ignore[arg-type]
        evidence = attrs.evolve(evidence, chosen=_NoHalves())
        spaces = {each: fitted for each, (fitted, _) in self.extractors.items() if whole}
        extracted = {each: self.data.features(fitted, evidence) for each, fitted in spaces.items()}
        metrics, _ = build_metrics(
            self.catalog,
            spec,
            self.references.cache.folder,
            lambda offer: offer.name not in DECIDE_NOTHING,
        )
        if not whole:
            metrics = [each for each in metrics if _tells_sharp(each.metric.scores)]
        reference = self.data.reference(thorough=False)
        found = measure(metrics, evidence, reference, extracted, _ignore, self.references)
        evaluation = Evaluation(
            run=name,
            model="battery",
            seed=0,
            epochs=0,
            weights="final",
            sampler="battery",
            sampling_seed=0,
            preset=QUICK.name,
            generated=len(samples),
            evaluated_on=self.data.evaluated_on(self.real.name),
            extractors={
                each: Extractor(component=fitted.slot.offer.full_name, identity=fitted.identity)
                for each, fitted in spaces.items()
            },
            scores=found.scores,
        )
        influences = {
            each: Influences(
                generated=found.arrays.get(f"scores/{each}/generated"),
                real=found.arrays.get(f"scores/{each}/real"),
            )
            for each in found.scores
        }
        return MeasuredRun(run=name, evaluation=evaluation, influences=influences)


def compared(a: MeasuredRun, b: MeasuredRun) -> Comparison:
    """Whether b is better than a: verdicts on one pair."""
    pairing = Pairing(design=ONE_PAIR, seeds=(0,), label_a="A", label_b="B", a=(), b=())
    return compare_measured(pairing, [a], [b])


class _Stand:
    """In place of a model: it reconstructs images perfectly."""

    def reconstruct(self, images: np.ndarray) -> np.ndarray:
        return images


class _NoHalves:
    """Positions of empty halves: reconstructions, which no verdict rests on, are not measured."""

    a = b = drawn = np.zeros(0, np.int64)


def _tells_sharp(scores: Mapping[str, ScoreInfo]) -> bool:
    return any(each.question == "sharp" for each in scores.values())


def _key(image: np.ndarray) -> bytes:
    return np.rint(image * 255).astype(np.uint8).tobytes()


def _ignore(text: str) -> None:
    del text
