import numpy as np

from tests.helpers.measured_runs import (
    BETTER,
    FEATURES,
    Quality,
    compared,
    compared_methods,
    pairing,
    run,
    score,
    with_facts,
    with_score,
)
from vaereg.comparison.compare_runs import compare_measured

COVERAGE, RECALL = f"coverage_{FEATURES}", f"recall_{FEATURES}"


def test_all_scores_are_compared_at_95_percent():
    rng = np.random.default_rng(0)
    found = compared([run(rng)], [run(rng, BETTER)])
    assert [each.name for each in found.scores] == list(run(rng).scores)
    recall = next(each for each in found.scores if each.name == RECALL)
    assert recall.level == 0.95
    assert recall.low < recall.effect < recall.high


def test_a_score_of_one_name_from_two_plugins_is_not_compared():
    rng = np.random.default_rng(0)
    found = compared([run(rng)], [with_score(run(rng), RECALL, metric="other/recall")])
    assert RECALL not in {each.name for each in found.scores}


def test_bounds_of_other_likelihoods_are_left_out():
    def with_bound(measured):
        scores = {**measured.evaluation.scores, "elbo": score("elbo", -90.0, direction=1)}
        return with_facts(measured, scores=scores)

    a, b = (with_bound(run(np.random.default_rng(seed))) for seed in (0, 1))
    everything = {each.name for each in compare_measured(pairing(), [a], [b]).scores}
    fewer = compare_measured(pairing(), [a], [b], without=("elbo",))
    assert everything - {each.name for each in fewer.scores} == {"elbo"}


def test_the_procedure_is_described_for_each_design():
    rng = np.random.default_rng(0)
    assert "Are these trained weights better?" in compared([run(rng)], [run(rng)]).procedure
    method = compared_methods(rng, Quality(), Quality()).procedure
    assert "Is the method better? 6 training seeds" in method
    assert "sign-flip" in method
