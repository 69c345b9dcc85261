"""Class shares that move away from those of real data decide where coverage does not."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from tests.helpers.measured_runs import BETTER, FEATURES, compared, run, score
from vaereg.comparison.comparison import Verdict
from vaereg.comparison.measured_run import Influences, MeasuredRun


def with_excess(measured: MeasuredRun, excess: float) -> MeasuredRun:
    """The run with a share of exactly so many of 500 samples of the wrong class."""
    name, wrong = f"class_distance_{FEATURES}", (np.arange(500) < 500 * excess).astype(float)
    shares = score(
        name,
        excess,
        question="varied",
        direction=-1,
        low=excess - 0.03,
        high=excess + 0.03,
        reference=0.02,
        reference_low=0.01,
        reference_high=0.03,
    )
    scores = dict(measured.evaluation.scores) | {name: shares}
    influences = dict(measured.influences) | {name: Influences(generated=wrong)}
    evaluation = attrs.evolve(measured.evaluation, scores=scores)
    return attrs.evolve(measured, evaluation=evaluation, influences=influences)


def varied_of(before: float, after: float, *, better: bool = False) -> Verdict:
    rng = np.random.default_rng(0)
    a = with_excess(run(rng), before)
    b = with_excess(run(rng, BETTER if better else None), after)
    return compared([a], [b]).verdicts[1]


def test_classes_that_are_drawn_too_often_are_a_defect():
    found = varied_of(0.03, 0.2)

    assert found.verdict == "vetoed"
    assert "the shares of its classes are farther from those of real data" in found.veto
    assert f"class_distance_{FEATURES} 0.200 against 0.0300 (real data 0.0200" in found.veto


@pytest.mark.parametrize(("before", "after"), [(0.03, 0.03), (0.2, 0.2), (0.2, 0.03)])
def test_shares_that_are_as_near_as_before_or_nearer_are_none(before: float, after: float):
    assert varied_of(before, after).veto == ""


def test_a_change_that_is_no_more_than_that_of_real_data_is_none():
    assert varied_of(0.001, 0.03).veto == ""


def test_samples_that_coverage_calls_better_stay_so():
    assert varied_of(0.03, 0.2, better=True).verdict == "better"
