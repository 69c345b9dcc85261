import attrs
import numpy as np
import pytest

from tests.helpers.measured_runs import (
    BETTER,
    Quality,
    compared,
    run,
    score,
    with_facts,
    with_score,
)
from vaereg.comparison.headline_scores import GUARDS, PRIMARY
from vaereg.comparison.measured_run import Influences
from vaereg.comparison.verdicts.limits import is_beyond_limit

QUESTION = {"near_duplicates": 1, "near_copies": 2}
"""The place of each guard's question among the verdicts."""


def with_defect(measured, name, share, limit=0.01):
    """The run with a guard, of whose samples a share has the defect."""
    has = (np.arange(500) < share * 500) * 1.0
    guard = score(name, float(has.mean()), direction=-1, share=True, reference=0.0, limit=limit)
    return attrs.evolve(
        with_facts(measured, scores={**measured.evaluation.scores, name: guard}),
        influences={**measured.influences, name: Influences(generated=has)},
    )


def found(name, a, b, of_a=None, of_b=None, limit=0.01):
    rng = np.random.default_rng(5)
    before = with_defect(run(rng, of_a), name, a, limit)
    after = with_defect(run(rng, of_b), name, b, limit)
    return compared([before], [after]).verdicts[QUESTION[name]]


@pytest.mark.parametrize("name", QUESTION)
@pytest.mark.parametrize("of_b", [None, BETTER], ids=["alike", "better"])
def test_a_defect_of_b_vetoes_whatever_the_primary_scores_say(name, of_b):
    verdict = found(name, 0.0, 0.05, of_b=of_b)

    assert verdict.verdict == "vetoed"
    assert f"{name} 5.0 % against 0.0 % (limit 1.0 %" in verdict.veto
    assert verdict.veto in verdict.sentence


@pytest.mark.parametrize("name", QUESTION)
def test_a_defect_that_is_gone_is_better_unless_a_primary_score_says_worse(name):
    assert found(name, 0.05, 0.0).verdict == "better"
    assert found(name, 0.05, 0.0, of_a=BETTER).verdict == "worse"
    contested = attrs.evolve(BETTER, elsewhere=Quality(coverage=0.2, kernel=0.15))
    assert found(name, 0.05, 0.0, of_b=contested).verdict == "contested"


@pytest.mark.parametrize("name", QUESTION)
@pytest.mark.parametrize(
    ("a", "b", "limit"),
    [
        (0.0, 0.008, 0.01),  # within the limit
        (0.05, 0.05, 0.01),  # both have it
        (0.05, 0.052, 0.01),  # the difference is not clear
        (0.0, 0.05, None),  # the score has no limit
    ],
)
def test_other_differences_of_a_guard_change_no_verdict(name, a, b, limit):
    assert found(name, a, b, limit=limit).verdict == "undecided"
    assert found(name, a, b, limit=limit, of_b=BETTER).verdict == "better"


def test_a_model_that_is_worse_stays_worse():
    verdict = found("near_copies", 0.0, 0.05, of_a=BETTER)

    assert verdict.verdict == "worse"
    assert not verdict.veto


def test_too_few_seeds_stay_exploratory():
    rng = np.random.default_rng(5)
    a = [with_defect(run(rng), "near_copies", 0.0) for _ in range(3)]
    b = [with_defect(run(rng), "near_copies", 0.05) for _ in range(3)]

    assert {each.verdict for each in compared(a, b).verdicts} == {"exploratory"}


def test_every_question_has_guards():
    assert GUARDS.keys() == PRIMARY.keys()
    assert all(GUARDS.values())


@pytest.mark.parametrize(
    ("lows", "limits", "beyond"),
    [
        ([0.02, 0.04], [0.01, 0.01], True),
        ([0.0, 0.015], [0.01, 0.01], False),  # the mean of the lower ends counts
        ([0.02, 0.04], [0.01, None], False),
    ],
)
def test_a_score_is_beyond_its_limit_if_its_lower_end_is(lows, limits, beyond):
    rng = np.random.default_rng(0)
    runs = [
        with_score(with_defect(run(rng), "near_copies", 0.05, limit), "near_copies", low=low)
        for low, limit in zip(lows, limits, strict=True)
    ]

    assert is_beyond_limit(runs, "near_copies") == beyond
    assert not is_beyond_limit([*runs, run(rng)], "near_copies")
