import numpy as np
import pytest
from scipy.stats import norm

from vaereg.comparison.statistics.holm import holm


def by_p_values(p, alpha):
    """Holm's test of 1979 by p-values: which hypotheses are rejected."""
    rejected = []
    for rank, index in enumerate(np.argsort(p)):
        if p[index] > alpha / (len(p) - rank):
            break
        rejected.append(int(index))
    return set(rejected)


@pytest.mark.parametrize("seed", range(50))
def test_shrinking_intervals_decide_what_holms_p_values_do(seed):
    z = np.random.default_rng(seed).normal(1.5, 1.2, 3)

    def is_clear(question, level):
        return abs(z[question]) > norm.ppf(0.5 + level / 2)

    levels = holm([0, 1, 2], is_clear)
    decided = {each for each in levels if is_clear(each, levels[each])}
    assert decided == by_p_values(2 * norm.sf(np.abs(z)), 0.05)


def test_each_decision_makes_the_level_of_the_rest_milder():
    asked = []

    def is_clear(question, level):
        asked.append((question, round(level, 4)))
        return question == "easy" or (question == "next" and level < 0.98)

    levels = holm(["easy", "next", "hard"], is_clear)
    assert levels == pytest.approx({"easy": 1 - 0.05 / 3, "next": 0.975, "hard": 0.95})
    assert asked[-1] == ("hard", 0.95)


def test_one_question_is_tried_at_its_own_level():
    assert holm(["a"], lambda question, level: False) == {"a": 0.95}
    assert holm([], lambda question, level: True) == {}
