import numpy as np
import pytest
from scipy.stats import binomtest

from vaereg.comparison.statistics.proportions import (
    independent_difference,
    mcnemar,
    paired_counts,
    paired_difference,
    two_proportions,
)


def items(both, only_a, only_b, neither):
    a = np.repeat([1.0, 1.0, 0.0, 0.0], [both, only_a, only_b, neither])
    b = np.repeat([1.0, 0.0, 1.0, 0.0], [both, only_a, only_b, neither])
    return a, b


def test_mcnemar_is_the_binomial_tail_of_the_discordant_items():
    a, b = items(40, 2, 8, 50)
    assert paired_counts(a, b) == (40, 2, 8, 50)
    # 2 * (C(10,0) + C(10,1) + C(10,2)) / 2^10
    assert mcnemar(a, b) == pytest.approx(2 * (1 + 10 + 45) / 1024)
    assert mcnemar(b, a) == pytest.approx(2 * (1 + 10 + 45) / 1024)


@pytest.mark.parametrize("counts", [(3, 0), (5, 5), (17, 29), (400, 310)])
def test_mcnemar_agrees_with_the_exact_binomial_test(counts):
    theirs = binomtest(counts[0], sum(counts), 0.5).pvalue
    assert mcnemar(*items(7, *counts, 9)) == pytest.approx(theirs)


def test_mcnemar_of_equal_items_finds_no_difference():
    a, b = items(10, 0, 0, 10)
    assert mcnemar(a, b) == 1.0


@pytest.mark.parametrize(
    ("a", "count_a", "b", "count_b", "low", "high"),
    [  # Newcombe 1998, table II, method 10
        (48 / 80, 80, 56 / 70, 70, 0.0524, 0.3339),
        (3 / 10, 10, 9 / 10, 10, 0.1705, 0.8090),
    ],
)
def test_the_interval_of_two_shares_is_newcombes(a, count_a, b, count_b, low, high):
    found = independent_difference(a, count_a, b, count_b, 0.95)
    assert found == pytest.approx((low, high), abs=5e-5)
    assert found[0] < b - a < found[1]
    swapped = independent_difference(b, count_b, a, count_a, 0.95)
    assert swapped == pytest.approx((-found[1], -found[0]))


def test_paired_shares_without_a_difference_still_have_a_width():
    low, high = paired_difference(*items(30, 0, 0, 20), 0.95)
    assert low < 0 < high


def test_pairing_makes_the_interval_of_like_items_narrower():
    a, b = items(300, 10, 12, 200)
    paired = paired_difference(a, b, 0.95)
    alone = independent_difference(a.mean(), len(a), b.mean(), len(b), 0.95)
    assert paired[1] - paired[0] < 0.5 * (alone[1] - alone[0])


def test_the_paired_interval_has_its_nominal_coverage():
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(400):
        ease = rng.random(120)
        a = (rng.random(120) < 0.2 + 0.6 * ease) * 1.0
        b = (rng.random(120) < 0.3 + 0.6 * ease) * 1.0
        low, high = paired_difference(a, b, 0.95)
        covered += low <= 0.1 <= high
    assert 0.92 <= covered / 400 <= 0.99


def test_two_proportions_is_the_pooled_z_test():
    # pooled 0.4, se = sqrt(0.24 * 2/100) = 0.06928, z = 0.2 / se = 2.8868
    assert two_proportions(0.3, 100, 0.5, 100) == pytest.approx(0.003892, abs=1e-6)
    assert two_proportions(0.0, 100, 0.0, 100) == 1.0
