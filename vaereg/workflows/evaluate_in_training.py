"""Builds the evaluator of a training; `vaereg.training` may not import `vaereg.evaluation`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vaereg.contracts.catalog import ComponentSource
    from vaereg.contracts.data import Data
    from vaereg.declaration.declaration import Declaration
    from vaereg.evaluation.evaluate_in_training import TrainingEvaluator
    from vaereg.host.progress import Progress
    from vaereg.training.evaluator import MakeEvaluator


def evaluator_maker(source: ComponentSource) -> MakeEvaluator:
    """A function that builds an evaluator from these components, with the cache of `evaluate`."""

    def make(declaration: Declaration, data: Data, progress: Progress) -> TrainingEvaluator:
        from vaereg.evaluation.evaluate_in_training import prepare_evaluator

        return prepare_evaluator(declaration, data, source, progress, declaration.cache)

    return make
