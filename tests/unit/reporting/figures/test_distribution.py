from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from vaereg.reporting.figures.distribution import ecdf, histograms


def test_the_distribution_function_counts_what_is_no_larger() -> None:
    values, shares = ecdf(np.array([3.0, 1.0, 2.0, 2.0]))

    assert values.tolist() == [1.0, 2.0, 2.0, 3.0]
    assert shares.tolist() == [0.25, 0.5, 0.75, 1.0]


def test_few_points_of_many_still_lie_on_the_distribution_function() -> None:
    sample = np.random.default_rng(0).normal(size=5000)

    values, shares = ecdf(sample, points=50)

    assert len(values) == 50
    assert values[0] == sample.min()
    assert values[-1] == sample.max()
    counted = [(sample <= value).mean() for value in values]
    assert shares == pytest.approx(counted)


def test_a_distribution_function_leaves_out_what_is_not_finite() -> None:
    values, shares = ecdf(np.array([np.nan, 1.0, np.inf]))

    assert values.tolist() == [1.0]
    assert shares.tolist() == [1.0]


@pytest.mark.parametrize("logarithmic", [False, True])
def test_shares_of_histograms_sum_to_one(logarithmic: bool) -> None:
    rng = np.random.default_rng(1)
    sets = [rng.lognormal(0, 1, 500), rng.lognormal(2, 1, 800)]

    edges, shares = histograms(sets, bins=20, logarithmic=logarithmic)

    assert len(edges) == 21
    assert (np.diff(edges) > 0).all()
    assert [each.sum() for each in shares] == pytest.approx([1.0, 1.0])


def test_bins_count_what_lies_between_their_edges() -> None:
    sample = np.random.default_rng(2).uniform(0, 1, 2000)

    edges, (shares,) = histograms([sample], bins=10)

    inner = [((sample >= a) & (sample < b)).mean() for a, b in pairwise(edges[1:-1])]
    assert shares[1:-1] == pytest.approx(inner)


@pytest.mark.parametrize("logarithmic", [False, True])
def test_equal_values_and_zeros_still_make_a_histogram(logarithmic: bool) -> None:
    for sets in ([np.full(5, 2.0)], [np.zeros(5)], [np.array([0.0, 1.0, 5.0])]):
        edges, (shares,) = histograms(sets, logarithmic=logarithmic)
        assert np.isfinite(edges).all()
        assert (np.diff(edges) > 0).all()
        assert shares.sum() == pytest.approx(1.0)
