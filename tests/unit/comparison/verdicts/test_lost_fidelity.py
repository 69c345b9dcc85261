"""Precision that falls below that of real data decides where the primary scores do not."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from tests.helpers.measured_runs import BETTER, FEATURES, SPACES, TEXTURE, compared, run, score
from vaereg.comparison.comparison import Verdict
from vaereg.comparison.measured_run import Influences, MeasuredRun


def with_precision(measured: MeasuredRun, shares: dict[str, float]) -> MeasuredRun:
    """The run with a share of exactly so many of 500 samples among real data in each space."""
    scores, influences = dict(measured.evaluation.scores), dict(measured.influences)
    for space, share in shares.items():
        name, among = f"precision_{space}", (np.arange(500) < 500 * share).astype(float)
        scores[name] = score(
            name,
            share,
            question="true",
            direction=1,
            share=True,
            low=share - 0.04,
            high=share + 0.04,
            reference=0.9,
            reference_low=0.88,
            reference_high=0.92,
        )
        influences[name] = Influences(generated=among)
    evaluation = attrs.evolve(measured.evaluation, scores=scores)
    return attrs.evolve(measured, evaluation=evaluation, influences=influences)


def true_of(before: dict[str, float], after: dict[str, float], *, better: bool = False) -> Verdict:
    rng = np.random.default_rng(0)
    a = with_precision(run(rng), before)
    b = with_precision(run(rng, BETTER if better else None), after)
    return compared([a], [b]).verdicts[2]


SAME = dict.fromkeys(SPACES, 0.8)


@pytest.mark.parametrize("space", SPACES)
def test_a_clear_fall_in_one_space_is_a_defect(space: str):
    found = true_of(SAME, SAME | {space: 0.6})

    assert found.verdict == "vetoed"
    assert f"fewer of its samples lie among real data: precision_{space} 60.0 %" in found.veto


def test_no_fall_is_none():
    assert true_of(SAME, SAME).verdict == "undecided"


def test_a_fall_while_precision_rises_elsewhere_is_none():
    assert true_of(SAME, {FEATURES: 0.6, TEXTURE: 0.97}).verdict == "undecided"


def test_a_fall_to_the_precision_of_real_data_is_none_since_blur_raises_it():
    found = true_of(dict.fromkeys(SPACES, 0.99), dict.fromkeys(SPACES, 0.9))

    assert found.verdict == "undecided"


def test_samples_that_the_primary_scores_call_better_stay_so():
    assert true_of(SAME, dict.fromkeys(SPACES, 0.6), better=True).verdict == "better"
