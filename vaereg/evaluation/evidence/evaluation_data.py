"""The data of an evaluation: which examples are used, and the evidence made from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import attrs
import numpy as np

from vaereg.contracts.conditions import keyword
from vaereg.contracts.data import Data
from vaereg.contracts.evidence import ModelView
from vaereg.evaluation.evaluation import EvaluatedOn
from vaereg.evaluation.evidence.conditions_of_sets import ConditionsOfSets
from vaereg.evaluation.evidence.extractors import FittedExtractor
from vaereg.evaluation.evidence.lazy_evidence import (
    FeaturesOfExamples,
    LazyEvidence,
    LazyFeatures,
)
from vaereg.evaluation.evidence.quantized import Quantizer, quantized_data, quantizer_of
from vaereg.evaluation.evidence.real_examples import ChosenExamples, RealExamples

if TYPE_CHECKING:
    from vaereg.model.vae import VAE

ENOUGH = 1_000
"""With this number of held-out examples, intervals are narrow enough to distinguish models."""

POOR = 0.6
"""A classifier whose held-out accuracy is below this gets a warning."""

UNTOLD = ConditionsOfSets()
"""No conditions: the model is told none."""

_NONE = np.zeros((1, 1), np.float32)


@attrs.frozen(kw_only=True, eq=False)
class ExtractedFeatures:
    """The features of an evaluation's examples by one extractor.

    Args:
        model: the features of the model's evidence.
        reference: the features of real data against real data.
    """

    model: LazyFeatures
    reference: LazyFeatures


@attrs.frozen(kw_only=True, eq=False)
class EvaluationData:
    """The data of an evaluation.

    Args:
        data: the data, in the form that the model takes.
        quantized: the data, in the form that metrics take.
        real: the chosen examples.
        quantizer: converts examples from the first form to the second.
    """

    data: Data
    quantized: Data
    real: RealExamples
    quantizer: Quantizer
    # Quantizing many examples takes long, and they take memory: arrays in use are shared.
    _in_use: WeakValueDictionary[str, np.ndarray] = attrs.field(
        factory=WeakValueDictionary, init=False
    )

    @classmethod
    def of(cls, data: Data, real: RealExamples) -> EvaluationData:
        """The evaluation data of a data set and the examples chosen from it."""
        train = real.train.take() if data.spec.value_range is None else _NONE
        quantizer = quantizer_of(data.spec, train)
        quantized = quantized_data(data, quantizer)
        return cls(data=data, quantized=quantized, real=real, quantizer=quantizer)

    def raw_held_out(self) -> np.ndarray:
        """The held-out examples, in the form that the model takes."""
        return self.real.held_out.take()

    def raw_train(self) -> np.ndarray:
        """The chosen training examples, in the form that the model takes."""
        return self.real.train.take()

    def held_out(self) -> np.ndarray:
        """The held-out examples, quantized; the array is shared as long as it is in use."""
        return self._shared("held out", self.raw_held_out)

    def train(self) -> np.ndarray:
        """The chosen training examples, quantized and shared likewise."""
        return self._shared("train", self.raw_train)

    def _shared(self, name: str, take: Callable[[], np.ndarray]) -> np.ndarray:
        found: np.ndarray | None = self._in_use.get(name)
        if found is None:
            found = self._in_use[name] = self.quantizer(take())
        return found

    def evidence(
        self,
        vae: VAE,
        samples: np.ndarray,
        model: ModelView | None,
        *,
        thorough: bool,
        in_halves: bool = True,
        conditions: ConditionsOfSets = UNTOLD,
    ) -> LazyEvidence:
        """The evidence of a model and its samples (n, *data).

        Args:
            vae: the model.
            samples: its samples.
            model: the view of it that metrics have.
            thorough: see `vaereg.Evidence`.
            in_halves: whether there are halves.
            conditions: those of the samples and of the examples.
        """
        given = conditions.real
        return LazyEvidence(
            self.quantizer.quantized_spec,
            _ModelExamples(self, samples, lambda x: vae.reconstruct(x, **keyword(given))),
            model=model,
            thorough=thorough,
            in_halves=in_halves,
            real_given=given,
            generated_given=conditions.generated,
        )

    def reference(self, *, thorough: bool, conditions: ConditionsOfSets = UNTOLD) -> LazyEvidence:
        """The evidence of real data against real data."""
        return LazyEvidence(
            self.quantizer.quantized_spec,
            _ReferenceExamples(self),
            unseen=self.real.unseen,
            thorough=thorough,
            real_given=conditions.real,
            generated_given=conditions.others,
        )

    def features(self, extractor: FittedExtractor, evidence: LazyEvidence) -> ExtractedFeatures:
        """The features of the evidence's and of the reference's examples."""
        real = _RealFeatures(self, extractor)

        def named(sets: FeaturesOfExamples) -> LazyFeatures:
            return LazyFeatures(extractor.name, sets, extractor.probabilities)

        return ExtractedFeatures(
            model=named(_ModelFeatures(real, extractor, evidence)),
            reference=named(_ReferenceFeatures(real)),
        )

    def evaluated_on(self, name: str) -> EvaluatedOn:
        """The real data, for evaluation.json; `name` is the key under [data]."""
        return EvaluatedOn(
            name=name,
            digest=self.data.digest,
            split=self.real.held_out.name,
            positions=self.real.held_out.digest,
            held_out=len(self.real.held_out),
            train_examples=len(self.real.train),
            form=self.data.spec.form,
            shape=self.data.spec.shape,
            class_names=self.data.spec.class_names,
        )

    def warnings(self, extractors: Sequence[FittedExtractor]) -> list[str]:
        """Notes that a reader of the scores must know."""
        warnings = []
        real = self.real
        if real.held_out.name != "test":
            warnings.append(
                f"the data has no test split; the scores use the {real.held_out.name} split, "
                "which may have influenced training."
            )
        if len(real.unseen) < len(real.held_out):
            warnings.append(
                f"the reference has only {len(real.unseen)} other real examples for "
                f"{len(real.held_out)} held-out ones; reference values are slightly too high."
            )
        if len(real.held_out) < ENOUGH:
            warnings.append(
                f"there are only {len(real.held_out)} held-out examples: intervals are wide, and "
                f"the Fréchet distance is biased upwards; use {ENOUGH} or more."
            )
        if len(real.train) < len(real.train.split):
            warnings.append(
                f"copies were searched for among {len(real.train):,} of the "
                f"{len(real.train.split):,} training examples."
            )
        for each in extractors:
            accuracy = each.extractor.facts.get("accuracy")
            if isinstance(accuracy, int | float) and accuracy < POOR:
                warnings.append(
                    f"the extractor {each.name!r} classifies only {accuracy:.0%} of held-out "
                    "examples correctly; distances in its features mean little."
                )
        return warnings


@attrs.define(eq=False, slots=False)
class _ModelExamples:
    """Quantized examples of a model: `ExampleSets`, each computed on first use."""

    _data: EvaluationData
    _samples: np.ndarray
    _reconstruct: Callable[[np.ndarray], np.ndarray]

    @cached_property
    def real(self) -> np.ndarray:
        return self._data.held_out()

    @cached_property
    def train(self) -> np.ndarray:
        return self._data.train()

    @cached_property
    def generated(self) -> np.ndarray:
        return self._data.quantizer(self._samples)

    @cached_property
    def reconstructed(self) -> np.ndarray:
        return self._data.quantizer(self._reconstruct(self._data.raw_held_out()))


@attrs.define(eq=False, slots=False)
class _ReferenceExamples:
    """Quantized real examples instead of a model's: `ExampleSets`."""

    _data: EvaluationData

    @cached_property
    def real(self) -> np.ndarray:
        return self._data.held_out()

    @cached_property
    def train(self) -> np.ndarray:
        return self._data.train()

    @cached_property
    def generated(self) -> np.ndarray:
        others = np.concatenate([each.take() for each in self._data.real.others])
        return self._data.quantizer(others)

    @property
    def reconstructed(self) -> np.ndarray:
        return self.real


@attrs.define(eq=False, slots=False)
class _RealFeatures:
    """Features of real examples, which the model's evidence and the reference share."""

    _data: EvaluationData
    _extractor: FittedExtractor

    @cached_property
    def held_out(self) -> np.ndarray:
        return self._extractor.of_real(self._data.real.held_out, self._data.held_out)

    @cached_property
    def train(self) -> np.ndarray:
        return self._extractor.of_real(self._data.real.train, self._data.train)

    @cached_property
    def others(self) -> np.ndarray:
        return np.concatenate([self._of_other(each) for each in self._data.real.others])

    def _of_other(self, chosen: ChosenExamples) -> np.ndarray:
        return self._extractor.of_real(chosen, lambda: self._data.quantizer(chosen.take()))


@attrs.define(eq=False, slots=False)
class _ModelFeatures:
    """Features of a model's examples: `FeaturesOfExamples`."""

    _features: _RealFeatures
    _extractor: FittedExtractor
    _evidence: LazyEvidence
    _reconstructed: dict[int, np.ndarray] = attrs.field(factory=dict, init=False)

    @property
    def real(self) -> np.ndarray:
        return self._features.held_out

    @property
    def train(self) -> np.ndarray:
        return self._features.train

    @cached_property
    def generated(self) -> np.ndarray:
        return self._extractor(self._evidence.generated)

    @property
    def reconstructed(self) -> np.ndarray:
        return self.reconstructed_at(np.arange(len(self._evidence.reconstructed)))

    def reconstructed_at(self, rows: np.ndarray) -> np.ndarray:
        missing = [row for row in rows if row not in self._reconstructed]
        if missing:
            found = self._extractor(self._evidence.reconstructed[missing])
            self._reconstructed.update(zip(missing, found, strict=True))
        return np.stack([self._reconstructed[row] for row in rows])


@attrs.define(eq=False, slots=False)
class _ReferenceFeatures:
    """Features of the reference's examples: `FeaturesOfExamples`."""

    _features: _RealFeatures

    @property
    def real(self) -> np.ndarray:
        return self._features.held_out

    @property
    def train(self) -> np.ndarray:
        return self._features.train

    @property
    def generated(self) -> np.ndarray:
        return self._features.others

    @property
    def reconstructed(self) -> np.ndarray:
        return self._features.held_out

    def reconstructed_at(self, rows: np.ndarray) -> np.ndarray:
        features: np.ndarray = self._features.held_out[rows]
        return features
