"""Building a component and using it once, whatever its kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from vaereg.errors import DataError
from vaereg.testing.evaluated_situations import evaluated_situations
from vaereg.testing.exercise import TENSOR_KINDS, Exercise
from vaereg.testing.law import owe
from vaereg.testing.laws_of.metrics import accepted_situations, evidence_for
from vaereg.testing.laws_of.tensors import owe_shapes
from vaereg.testing.situations import SITUATIONS, Situation
from vaereg.testing.stand_ins.model_view import StandInModel
from vaereg.testing.subject import Subject

LATENTS = 40
"""How many latents a sampler is fitted on."""


class Refused(Exception):
    """The factory does not take the parameters or the data, and says why."""


def home_of(subject: Subject) -> Situation:
    """The first situation that a component takes.

    Raises:
        ContractError: if it takes none.
    """
    if subject.kind in TENSOR_KINDS:
        return subject.home
    if subject.kind == "metric":
        return accepted_situations(subject)[0]
    if subject.kind == "feature_extractor":
        return evaluated_situations(subject)[0]
    return SITUATIONS[0]


def use(subject: Subject, situation: Situation, seed: int = 0) -> None:
    """Builds it and uses it once; what it gives must be finite and of the shape it owes.

    Feature extractors are only built, since some of them train a network in `fit`.

    Raises:
        Refused: if it was refused with a ValueError or DataError that says why.
        ContractError: for a refusal without a word, and for what is not finite or of a wrong shape.
    """
    try:
        made = subject.build(situation, seed)
        if subject.kind == "dataset":
            made = made()
    except (ValueError, DataError) as refusal:
        owe(str(refusal).strip(), f"it is refused with a {type(refusal).__name__} without a word")
        raise Refused(str(refusal)) from refusal
    if subject.kind in TENSOR_KINDS:
        exercise = Exercise(subject, situation, seed=seed, made=made)
        found = exercise.numpy(training=True)
        _finite(found)
        owe_shapes(exercise, found, exercise.batch)
    elif subject.kind == "sampler":
        made.fit(situation.latents(LATENTS), seed)
        drawn = made.sample(5, seed)
        _finite({"a sample": drawn})
        owe(drawn.shape == (5, *situation.latent_shape), f"samples have shape {drawn.shape}")
    elif subject.kind == "metric":
        scores = made(evidence_for(made, situation, model=StandInModel))
        _finite({name: np.asarray(score.value) for name, score in scores.items()})
    elif subject.kind == "dataset":
        _finite({"the first training example": made.train.take(np.arange(1))})


def _finite(found: Mapping[str, Any]) -> None:
    for name, value in found.items():
        owe(np.isfinite(value).all(), f"{name} is not finite")
