"""Builds a component of any kind and uses it once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from vaereg.errors import DataError
from vaereg.testing.accepted_cases import home_case
from vaereg.testing.cases import CASES, Case
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.evaluated_cases import evaluated_cases
from vaereg.testing.harness import TENSOR_KINDS, Harness
from vaereg.testing.law import require
from vaereg.testing.learned_samplers import as_sampler
from vaereg.testing.measured_cases import evidence_for, measured_cases
from vaereg.testing.stand_ins.model_view import StandInModel
from vaereg.testing.stand_ins.quadratic import Quadratic
from vaereg.testing.stand_ins.told_part import hearing
from vaereg.wording import without_styles

LATENTS = 40
"""The number of latents to which a sampler is fitted."""


class Refused(Exception):
    """The factory refuses the parameters or the data, and says why."""


def home_of(component: ComponentUnderTest) -> Case:
    """The first case that a component accepts.

    Raises:
        ContractError: if it accepts no case.
    """
    if component.kind in TENSOR_KINDS:
        return home_case(component)
    if component.kind == "metric":
        return measured_cases(component)[0]
    if component.kind == "feature_extractor":
        return evaluated_cases(component)[0]
    return CASES[0]


def use(component: ComponentUnderTest, case: Case, seed: int = 0) -> None:
    """Builds a component and uses it once; its results must be finite and have the right shapes.

    Feature extractors are only built, since some of them train a network in `fit`.

    Raises:
        Refused: if the factory raised a ValueError or DataError with a message.
        ContractError: if that error has no message, or a result is not finite or has a wrong shape.
    """
    try:
        built = component.built(case, seed)
        made = built.part
        if component.kind == "dataset":
            made = made()
    except (ValueError, DataError) as refusal:
        name = type(refusal).__name__
        require(str(refusal).strip(), f"the factory raised {name} without a message")
        raise Refused(without_styles(str(refusal))) from refusal
    if component.kind in TENSOR_KINDS:
        harness = Harness(component, case, seed=seed, built=built)
        found = harness.numpy(training=True)
        _require_finite(found)
        wrong = harness.wrong_shape(found, harness.batch)
        require(not wrong, wrong)
    elif component.kind == "sampler":
        made = as_sampler(component, case, made)
        sampler = hearing(made, component.conditions)
        sampler.fit(case.latents(LATENTS), seed)
        drawn = sampler.sample(5, seed)
        made.restore(made.state())
        _require_finite({"a sample": drawn})
        require(drawn.shape == (5, *case.latent_shape), f"samples have shape {drawn.shape}")
    elif component.kind == "optimizer":
        quadratic = Quadratic(component)
        quadratic.step()
        _require_finite(quadratic.state())
    elif component.kind == "metric":
        scores = made(evidence_for(made, case, model=StandInModel))
        _require_finite({name: np.asarray(score.value) for name, score in scores.items()})
    elif component.kind == "dataset":
        _require_finite({"the first training example": made.train.take(np.arange(1))})


def _require_finite(found: Mapping[str, np.ndarray]) -> None:
    for name, value in found.items():
        require(np.isfinite(value).all(), f"{name} is not finite")
