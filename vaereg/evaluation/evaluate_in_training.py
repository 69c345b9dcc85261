"""Evaluates a model during training: a few scores, on validation data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import numpy as np

from vaereg.assembly.told import handed_out
from vaereg.contracts.catalog import ComponentSource
from vaereg.contracts.data import Data, DataSpec
from vaereg.contracts.evidence import LEAST_HELD_OUT
from vaereg.contracts.metric import ScoreInfo
from vaereg.declaration.declaration import AUTO, Declaration, Evaluating
from vaereg.declaration.slot_from_value import slot_from_value
from vaereg.declaration.write import slot_table
from vaereg.errors import DataError, RunError
from vaereg.evaluation.evidence.cache import Cache
from vaereg.evaluation.evidence.conditions_of_sets import ConditionsOfSets
from vaereg.evaluation.evidence.evaluation_data import EvaluationData
from vaereg.evaluation.evidence.extractors import (
    ChosenExtractor,
    FittedExtractor,
    choose_extractors,
    fit_extractor,
)
from vaereg.evaluation.evidence.presets import Preset
from vaereg.evaluation.evidence.real_examples import RealExamples, choose_real
from vaereg.evaluation.evidence.run_model import RunModel
from vaereg.evaluation.scores.chosen_scores import ChosenScores, choose_scores
from vaereg.evaluation.scores.measuring import build_metrics, measure
from vaereg.host.isolated_rng import isolated_rng
from vaereg.host.progress import Progress
from vaereg.trained.trained_model import TrainedModel

if TYPE_CHECKING:
    from vaereg.model.vae import VAE

PREFIX = "eval_"
"""What a score's name begins with among the logged terms of a training."""

MOST_TRAIN = 10_000
"""How many training examples are used by scores that need them."""

SEED = 0
"""The seed of samples and metrics, as for `vaereg evaluate`: only the weights change a score."""


def prepare_evaluator(
    declaration: Declaration,
    data: Data,
    source: ComponentSource,
    progress: Progress,
    cache: Path,
) -> TrainingEvaluator:
    """Builds the metrics of [train.evaluate] and, if a score needs it, fits a feature extractor.

    Fitting an extractor can take minutes; fitted extractors are cached. No random state changes.

    Args:
        declaration: the declaration, with [train.evaluate].
        data: the data, in the form that the model takes.
        source: the available components.
        progress: shows progress and warnings.
        cache: the folder where fitted extractors are kept.

    Raises:
        DeclarationError: if no metric measures a declared score, or there is no such extractor.
        DataError: if there are too few validation examples, or the extractor cannot take them.
    """
    settings = declaration.train.evaluate or Evaluating()
    evaluation_data = EvaluationData.of(data, _validation_examples(data, settings.examples))
    spec = evaluation_data.quantizer.quantized_spec
    extractor = None
    with isolated_rng(SEED):
        metrics, warnings = build_metrics(source, spec, cache)
        scores = choose_scores(settings, metrics, data.spec.form, declaration.source)
        if scores.use_features:
            kept = Cache(cache, lambda text: progress.say(f"warning: {text}"))
            chosen = _chosen_extractor(settings, source, declaration.source, spec, kept)
            extractor = fit_extractor(chosen, evaluation_data.quantized, spec, kept, progress)
            settings = attrs.evolve(settings, features=slot_table(chosen.slot))
    evaluator = TrainingEvaluator(
        declaration=declaration,
        data=evaluation_data,
        settings=attrs.evolve(settings, scores=scores.names),
        scores=scores,
        extractor=extractor,
        progress=progress,
    )
    evaluator.warn(warnings)
    return evaluator


class TrainingEvaluator:
    """Scores of a model in training, measured as `vaereg evaluate` does, on fewer examples.

    Samples come from the declared sampler, which is fitted each time as at the end of the run (or
    from the prior, if the sampler is trained by steps, which would take too long here), and from
    the averaged weights if there are any. The held-out examples are those of the validation split;
    the test split stays unused until the end. Training is not affected: no random state changes.

    Args:
        declaration: the declaration, with [train.evaluate].
        data: the validation examples, and the training examples to search for copies.
        settings: [train.evaluate], with the chosen extractor and scores filled in.
        scores: the scores to measure.
        extractor: the feature extractor; None if no score needs features.
        progress: shows progress, and each warning once.
    """

    def __init__(
        self,
        *,
        declaration: Declaration,
        data: EvaluationData,
        settings: Evaluating,
        scores: ChosenScores,
        extractor: FittedExtractor | None,
        progress: Progress,
    ) -> None:
        self.settings = settings
        self._declaration = declaration
        self._data = data
        self._scores = scores
        self._extractors = [] if extractor is None else [extractor]
        self._progress = progress
        self._warned: set[str] = set()

    @property
    def columns(self) -> Mapping[str, ScoreInfo]:
        """The names and meanings of the scores that `evaluate` returns."""
        name = self._extractors[0].name if self._extractors else ""
        return {f"{PREFIX}{key}": info for key, info in self._scores.infos(name).items()}

    def evaluate(self, vae: VAE) -> dict[str, float]:
        """The scores of a model by the names of `columns`; equal weights give equal scores.

        A score that cannot be measured, such as a bound of a model with a deterministic posterior,
        is left out, with one warning.

        Raises:
            RunError: if the samples are not finite.
            PluginError: if a component cannot be used.
        """
        with isolated_rng(SEED):
            measured = self._measure(vae)
        scores = {
            name: measured[name.removeprefix(PREFIX)]
            for name in self.columns
            if name.removeprefix(PREFIX) in measured
        }
        self.warn(
            f"{name} cannot be measured on this model; its column stays empty"
            for name in self.columns
            if name not in scores
        )
        return scores

    def warn(self, warnings: Iterable[str]) -> None:
        """Shows the warnings that were not shown before."""
        for warning in warnings:
            if warning not in self._warned:
                self._warned.add(warning)
                self._progress.say(f"warning: {warning}")

    def _measure(self, vae: VAE) -> dict[str, float]:
        declaration, data = self._declaration, self._data
        trained = TrainedModel(vae, declaration, lambda: data.data)
        told = handed_out(declaration, data.data.spec)
        conditions = ConditionsOfSets.of(data.real, told, SEED)
        samples, latents = trained.draw_in_training(
            len(data.real.held_out), SEED, conditions.generated
        )
        if not np.isfinite(samples).all():
            raise RunError("the samples are not finite")
        model = RunModel(vae, latents, data.raw_held_out, data.raw_train, SEED, conditions)
        evidence = data.evidence(
            vae,
            samples,
            model,
            thorough=False,
            in_halves=self._scores.need_halves,
            conditions=conditions,
        )
        features = {each.name: data.features(each, evidence) for each in self._extractors}
        measured = measure(self._scores.metrics, evidence, None, features, self._show)
        self.warn(measured.warnings)
        return {name: score.value for name, score in measured.scores.items()}

    def _show(self, stage: str) -> None:
        if self._progress.live:  # in a log file these would be many lines
            self._progress.stage(stage)


def _validation_examples(data: Data, examples: int) -> RealExamples:
    if data.validation is None or len(data.validation) < LEAST_HELD_OUT:
        count = 0 if data.validation is None else len(data.validation)
        raise DataError(
            f"[train.evaluate] needs at least {LEAST_HELD_OUT} validation examples; the data has "
            f"{count}.\n"
            "Give the dataset a larger validation share, or train without it: evaluate_every = 0"
        )
    size = Preset(name="training", examples=examples, train_examples=MOST_TRAIN, thorough=False)
    return choose_real(data, size, split="validation")


def _chosen_extractor(
    settings: Evaluating, source: ComponentSource, file: str, spec: DataSpec, cache: Cache
) -> ChosenExtractor:
    """The extractor to use.

    Raises:
        DeclarationError: with every error of its declaration.
    """
    if settings.features == AUTO:
        (chosen,), _ = choose_extractors((AUTO,), source, spec, cache, most=1)
        return chosen
    path = ("train", "evaluate", "features")
    slot = slot_from_value("feature_extractor", settings.features, path, source, file)
    return ChosenExtractor(slot)
