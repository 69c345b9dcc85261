import itertools

import numpy as np
import pytest
from scipy import stats

from tests.helpers.measured_runs import FEATURES, Quality, trained
from vaereg.comparison.statistics.method_effect import (
    interquartile_mean,
    method_effect,
    probability_better,
    sign_flip,
    t_interval,
)
from vaereg.comparison.statistics.weights_effect import weights_effect


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("count", [2, 5, 8])
def test_the_sign_flip_test_counts_all_flips(seed, count):
    effects = np.random.default_rng(seed).normal(0.5, 1.0, count)
    flips = np.array(list(itertools.product((-1, 1), repeat=count)))
    means = np.abs((flips * effects).mean(1))
    brute = np.mean(means >= abs(effects.mean()) - 1e-12)
    assert sign_flip(effects) == pytest.approx(brute)
    theirs = stats.permutation_test(
        (effects,),
        lambda x, axis: np.mean(x, axis=axis),
        permutation_type="samples",
        n_resamples=np.inf,
    )
    assert sign_flip(effects) == pytest.approx(theirs.pvalue)


def test_six_seeds_are_the_fewest_that_can_reject():
    assert sign_flip(np.arange(1.0, 6.0)) == pytest.approx(2 / 2**5)
    assert sign_flip(np.arange(1.0, 7.0)) == pytest.approx(2 / 2**6)
    assert sign_flip(np.arange(1.0, 7.0)) < 0.05


def test_no_effect_gives_no_difference():
    assert sign_flip(np.zeros(6)) == 1.0


def test_many_seeds_are_flipped_at_random_and_agree_with_the_normal_law():
    effects = np.random.default_rng(0).normal(0.3, 1.0, 30)
    z = effects.sum() / np.sqrt((effects**2).sum())
    assert sign_flip(effects) == pytest.approx(2 * stats.norm.sf(abs(z)), abs=0.02)


def test_the_interval_is_that_of_student():
    effects = np.random.default_rng(1).normal(size=7)
    theirs = stats.ttest_1samp(effects, 0).confidence_interval(0.983)
    assert t_interval(effects, 0.983) == pytest.approx((theirs.low, theirs.high))


def test_the_interquartile_mean_leaves_a_quarter_out_on_each_side():
    assert interquartile_mean(np.array([1000.0, 3.0, 2.0, -500.0])) == 2.5
    effects = np.random.default_rng(0).normal(size=11)
    assert interquartile_mean(effects) == pytest.approx(stats.trim_mean(effects, 0.25))


def test_the_probability_of_improvement_is_mann_and_whitneys_u():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=10), rng.normal(-0.5, 1, 10)
    u = stats.mannwhitneyu(a, b).statistic
    assert probability_better(a, b) == pytest.approx(u / 100)
    assert probability_better(np.ones(3), np.ones(3)) == 0.5


def test_a_method_is_the_mean_of_its_pairs():
    rng = np.random.default_rng(0)
    name = f"kernel_distance_{FEATURES}"
    pairs = [
        weights_effect(trained(rng, Quality()), trained(rng, Quality(kernel=0.02)), name)
        for _ in range(6)
    ]
    effect = method_effect(pairs)
    assert effect.effect == pytest.approx(effect.value_a - effect.value_b)
    assert effect.by_seed == tuple(pair.effect for pair in pairs)
    low, high = effect.interval(0.95)
    assert low < effect.effect < high
    with pytest.raises(ValueError, match="two seeds"):
        method_effect(pairs[:1])
