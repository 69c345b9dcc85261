"""A score of several runs as one number."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.measured_runs import FEATURES, run
from vaereg.comparison.verdicts.mean_scores import above_reference, mean_score

RUNS = [run(np.random.default_rng(seed)) for seed in range(2)]


def test_the_mean_is_over_all_runs_and_the_gap_is_to_real_data():
    name = f"coverage_{FEATURES}"
    mean = sum(each.scores[name].value for each in RUNS) / 2

    assert mean_score(RUNS, name) == pytest.approx(mean)
    assert above_reference(RUNS, name) == pytest.approx(mean - 0.965)


def test_a_score_that_a_run_lacks_has_no_mean():
    assert mean_score(RUNS, "unheard_of") is None
    assert above_reference(RUNS, "unheard_of") is None
