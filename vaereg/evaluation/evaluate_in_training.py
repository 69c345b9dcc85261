"""Evaluates a model while it is trained: a few scores, of validation data, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from vaereg.contracts.catalog import ComponentSource
from vaereg.contracts.data import Data
from vaereg.contracts.metric import ScoreInfo
from vaereg.declaration.declaration import AUTO, Declaration, Evaluating, Slot
from vaereg.declaration.document import Document
from vaereg.declaration.findings import Findings
from vaereg.declaration.slots import read_slot
from vaereg.declaration.tree import grown
from vaereg.declaration.write import slot_table
from vaereg.errors import DataError, RunError
from vaereg.evaluation.evidence.cache import Cache
from vaereg.evaluation.evidence.evaluation_data import Subject
from vaereg.evaluation.evidence.extractors import FittedExtractor, choose_extractors, fit_extractor
from vaereg.evaluation.evidence.presets import LEAST, Preset
from vaereg.evaluation.evidence.real_examples import RealExamples, choose_real
from vaereg.evaluation.evidence.run_model import RunModel
from vaereg.evaluation.isolation import undisturbed
from vaereg.evaluation.scores.chosen_scores import wished_scores
from vaereg.evaluation.scores.measuring import build_metrics, measure
from vaereg.host.progress import Progress
from vaereg.trained.samplers import build_sampler, draw, fit_sampler

PREFIX = "eval_"
"""What the name of a score begins with where it stands among the terms of a training."""

MOST_TRAIN = 10_000
"""How many training examples are looked at where a score needs them."""

SEED = 0
"""Of samples and metrics, as `vaereg evaluate` takes it: only the weights change a score."""


class TrainingEvaluator:
    """Scores of a model in training, measured as `vaereg evaluate` does, on fewer examples.

    Samples come from the declared sampler, fitted anew each time as the end of the run will fit
    it, and from the averaged weights where there are any. Held-out examples are those of the
    validation split, never of the test split, which is left for the end. It leaves the training as
    it is: no random state moves.

    Args:
        declaration: with [train.evaluate].
        data: as the model takes it.
        source: the components there are.
        progress: tells the user.
        cache: the folder where fitted extractors are kept.

    Raises:
        DeclarationError: for a score that no metric measures, or an extractor that there is not.
        DataError: if too little validation data was held out, or the extractor cannot take it.
    """

    def __init__(
        self,
        declaration: Declaration,
        data: Data,
        source: ComponentSource,
        progress: Progress,
        cache: Path,
    ) -> None:
        wish = declaration.train.evaluate or Evaluating()
        self._declaration = declaration
        self._progress = progress
        self._told: set[str] = set()
        self._subject = Subject.of(data, _validation_examples(data, wish.examples))
        with undisturbed(SEED):
            metrics, warnings = build_metrics(source, self._subject.grid.seen, cache)
            form = data.spec.form
            self._wished = wished_scores(wish, metrics, form, declaration.source)
            self._extractors: list[FittedExtractor] = []
            if self._wished.use_features:
                part, told = _extractor(wish, source, declaration.source, self._subject)
                warnings = [*warnings, *told]
                self._extractors.append(
                    fit_extractor(
                        part,
                        self._subject.gridded,
                        self._subject.grid.seen,
                        Cache(cache),
                        progress,
                    )
                )
                wish = attrs.evolve(wish, features=slot_table(part))
        self._settings = attrs.evolve(wish, scores=self._wished.names)
        self._tell(warnings)

    @property
    def settings(self) -> Evaluating:
        """What is evaluated, with the extractor and the scores that were chosen written out."""
        return self._settings

    @property
    def columns(self) -> Mapping[str, ScoreInfo]:
        """What `evaluate` gives: the name of each score and what it means."""
        name = self._extractors[0].name if self._extractors else ""
        return {f"{PREFIX}{key}": info for key, info in self._wished.infos(name).items()}

    def evaluate(self, vae: Any) -> dict[str, float]:
        """The scores of a model by the names of `columns`; equal weights give equal scores.

        One that this model or its samples do not allow, such as a bound of a deterministic
        posterior, is left out and told once.

        Raises:
            RunError: if the samples are not finite.
            PluginError: if a component cannot be used.
        """
        with undisturbed(SEED):
            found = self._measured(vae)
        scores = {
            name: found[name.removeprefix(PREFIX)]
            for name in self.columns
            if name.removeprefix(PREFIX) in found
        }
        self._tell(
            f"{name} cannot be measured on this model; its column stays empty"
            for name in self.columns
            if name not in scores
        )
        return scores

    def _measured(self, vae: Any) -> dict[str, float]:
        declaration, subject = self._declaration, self._subject
        sampler = build_sampler(vae, declaration, declaration.sampler)
        fit_sampler(sampler, vae, declaration, declaration.sampler, subject.data)
        values, latents = draw(vae, sampler, len(subject.real.held_out), SEED)
        if not np.isfinite(values).all():
            raise RunError("the samples are not finite")
        model = RunModel(vae, latents, subject.raw_held_out, subject.raw_train, SEED)
        evidence = subject.evidence(vae, values, model, thorough=False)
        features = {each.name: subject.features(each, evidence) for each in self._extractors}
        measured = measure(self._wished.metrics, evidence, None, features, self._doing)
        self._tell(measured.warnings)
        return {name: score.value for name, score in measured.scores.items()}

    def _doing(self, what: str) -> None:
        if self._progress.live:  # elsewhere it would be lines and lines
            self._progress.stage(what)

    def _tell(self, warnings: Any) -> None:
        for warning in warnings:
            if warning not in self._told:
                self._told.add(warning)
                self._progress.say(f"warning: {warning}")


def _validation_examples(data: Data, examples: int) -> RealExamples:
    if data.validation is None or len(data.validation) < LEAST:
        there = 0 if data.validation is None else len(data.validation)
        raise DataError(
            f"[train.evaluate] needs at least {LEAST} validation examples; the data has {there}.\n"
            "Give the dataset a larger validation share, or train without it: --evaluate-every 0"
        )
    size = Preset(name="training", examples=examples, train=MOST_TRAIN, thorough=False)
    return choose_real(data, size, split="validation")


def _extractor(
    wish: Evaluating, source: ComponentSource, file: str, subject: Subject
) -> tuple[Slot, tuple[str, ...]]:
    """The slot of the one extractor that is used, and what the user should know of it.

    Raises:
        DeclarationError: with what is wrong with it.
    """
    if wish.features == AUTO:
        (part,), told = choose_extractors((AUTO,), source, subject.grid.seen, thorough=False)
        return part, told
    values = {"train": {"evaluate": {"features": wish.features}}}
    findings = Findings(Document(values=values, source=file))
    node = grown(values).table()["train"].table()["evaluate"].table()["features"]
    read: Any = read_slot("feature_extractor", "features", node, source, findings)
    findings.raise_any()
    return read, ()
