import numpy as np
import pytest
from scipy import stats

import vaereg
from vaereg.evaluation.scores.intervals import interval


def test_the_interval_of_a_mean_is_the_normal_one():
    values = np.random.default_rng(0).normal(3.0, 2.0, 400)
    measured = vaereg.Measured(value=values.mean(), sample_size=400, influence_of_generated=values)
    half = 1.959964 * values.std(ddof=1) / 20

    low, high = interval(measured)

    assert low == pytest.approx(values.mean() - half, rel=1e-6)
    assert high == pytest.approx(values.mean() + half, rel=1e-6)


def test_the_noise_of_both_sides_is_added():
    rng = np.random.default_rng(1)
    own, real = rng.normal(size=200), rng.normal(0, 3, size=300)
    low, high = interval(
        vaereg.Measured(
            value=0.0, sample_size=200, influence_of_generated=own, influence_of_real=real
        )
    )

    sd = np.sqrt(own.var(ddof=1) / 200 + real.var(ddof=1) / 300)

    assert (high - low) / 2 == pytest.approx(1.959964 * sd, rel=1e-6)


@pytest.mark.parametrize("hits", [0, 3, 50, 100])
def test_a_share_gets_wilsons_interval(hits):
    zeros_and_ones = np.repeat([1.0, 0.0], [hits, 100 - hits])
    measured = vaereg.Measured(value=hits / 100, sample_size=100, influence_of_real=zeros_and_ones)

    expected = stats.binomtest(hits, 100).proportion_ci(0.95, method="wilson")

    assert interval(measured) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_a_full_share_that_samples_move_too_is_as_uncertain_as_wilson_says():
    measured = vaereg.Measured(
        value=1.0,
        sample_size=90,
        influence_of_generated=np.zeros(90),
        influence_of_real=np.ones(100),
    )

    expected = stats.binomtest(100, 100).proportion_ci(0.95, method="wilson")

    assert interval(measured) == pytest.approx((expected.low, 1.0), abs=1e-9)


def test_a_share_that_samples_move_too_has_the_noise_of_both_sides():
    real, own = np.repeat([1.0, 0.0], 50), np.random.default_rng(0).normal(size=100)
    measured = vaereg.Measured(
        value=0.5, sample_size=100, influence_of_generated=own, influence_of_real=real
    )

    low, high = interval(measured)

    sd = np.sqrt(own.var(ddof=1) / 100 + real.var(ddof=1) / 100)
    assert (high - low) / 2 == pytest.approx(1.959964 * sd, rel=1e-6)


def test_influences_whose_mean_is_not_the_value_are_no_share():
    zeros_and_ones = np.repeat([1.0, 0.0], 50)
    low, high = interval(
        vaereg.Measured(value=7.0, sample_size=100, influence_of_generated=zeros_and_ones)
    )

    assert (low + high) / 2 == pytest.approx(7.0)


def test_a_score_without_influences_has_no_interval():
    assert interval(vaereg.Measured(value=1.0, sample_size=10)) is None
    assert (
        interval(vaereg.Measured(value=1.0, sample_size=1, influence_of_generated=np.ones(1) / 3))
        is None
    )


def test_the_interval_has_its_nominal_coverage():
    rng = np.random.default_rng(2)
    covered = 0
    for _ in range(400):
        values = rng.exponential(1.0, 200)
        low, high = interval(
            vaereg.Measured(value=values.mean(), sample_size=200, influence_of_real=values)
        )
        covered += low <= 1.0 <= high

    assert 0.91 <= covered / 400 <= 0.98
