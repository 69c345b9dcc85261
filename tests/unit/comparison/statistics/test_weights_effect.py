import math

import attrs
import numpy as np
import pytest
from scipy.stats import norm

from tests.helpers.measured_runs import FEATURES, Quality, evaluation, run, score
from vaereg.comparison.measured_run import Influences, MeasuredRun
from vaereg.comparison.statistics.weights_effect import (
    INFLUENCES,
    PAIRED_SHARES,
    SHARES,
    weights_effect,
)

COVERAGE, KERNEL = f"coverage_{FEATURES}", f"kernel_distance_{FEATURES}"


def one(name, value, generated=None, real=None, **fields):
    told = score(name, value, **fields)
    influences = {name: Influences(generated=generated, real=real)}
    return MeasuredRun(run="r", evaluation=evaluation({name: told}), influences=influences)


def test_held_out_examples_are_paired_and_samples_are_not():
    rng = np.random.default_rng(0)
    g_a, g_b, shared = rng.normal(size=300), 2 * rng.normal(size=200), rng.normal(size=400)
    r_a, r_b = shared + 0.1 * rng.normal(size=400), shared + 0.1 * rng.normal(size=400)
    effect = weights_effect(
        one("fd", 5.0, g_a, r_a, direction=-1), one("fd", 4.0, g_b, r_b, direction=-1), "fd"
    )
    variance = g_a.var(ddof=1) / 300 + g_b.var(ddof=1) / 200 + (r_b - r_a).var(ddof=1) / 400
    half = 1.959964 * math.sqrt(variance)
    assert effect.effect == 1.0
    assert effect.interval(0.95) == pytest.approx((1 - half, 1 + half))
    assert effect.p == pytest.approx(2 * norm.sf(1 / math.sqrt(variance)))
    assert effect.procedure == INFLUENCES


def test_opposite_sides_of_an_ideal_do_not_cancel_their_shared_noise():
    shared = np.random.default_rng(0).normal(size=400)
    a = one("hf_gap", -2.0, real=shared, ideal=0.0, unit="dB")
    b = one("hf_gap", 1.0, real=shared, ideal=0.0, unit="dB")
    effect = weights_effect(a, b, "hf_gap")
    half = 1.959964 * 2 * shared.std(ddof=1) / 20  # d(|a| - |b|) = -r - r
    assert effect.effect == 1.0
    assert effect.interval(0.95) == pytest.approx((1 - half, 1 + half))


def test_the_kernel_distance_is_compared_by_the_relative_three_sample_test():
    rng = np.random.default_rng(0)
    n, d = 60, 4
    r, a, b = rng.normal(size=(n, d)), rng.normal(0.2, 1, (n, d)), rng.normal(0.4, 1, (n, d))

    def kernel(x, y):
        return (x @ y.T / d + 1) ** 3

    def rows(x):  # mean_{j != i} k(x_i, x_j)
        k = kernel(x, x)
        return (k.sum(1) - np.diag(k)) / (len(x) - 1)

    def distance(x):
        generated = 2 * (rows(x) - kernel(x, r).mean(1))
        real = 2 * (rows(r) - kernel(x, r).mean(0))
        value = rows(x).mean() + rows(r).mean() - 2 * kernel(x, r).mean()
        return one("kernel_distance", value, generated, real, direction=-1)

    first, second = distance(a), distance(b)
    effect = weights_effect(first, second, "kernel_distance")
    # Bounliphone et al. 2016, with metrics.md's a, b and c
    alpha, beta = rows(a) - kernel(a, r).mean(1), rows(b) - kernel(b, r).mean(1)
    gamma = kernel(a, r).mean(0) - kernel(b, r).mean(0)
    se = 2 * math.sqrt(sum(each.var(ddof=1) / n for each in (alpha, beta, gamma)))
    difference = first.scores["kernel_distance"].value - second.scores["kernel_distance"].value
    assert effect.effect == pytest.approx(difference)
    assert effect.p == pytest.approx(2 * norm.sf(abs(difference) / se))


def test_shares_of_held_out_examples_go_to_mcnemar():
    a = np.repeat([1.0, 1.0, 0.0, 0.0], [40, 2, 8, 50])
    b = np.repeat([1.0, 0.0, 1.0, 0.0], [40, 2, 8, 50])
    told = {"direction": 1, "share": True}
    effect = weights_effect(
        one("coverage", 0.42, real=a, **told), one("coverage", 0.48, real=b, **told), "coverage"
    )
    assert effect.procedure == PAIRED_SHARES
    assert effect.p == pytest.approx(2 * (1 + 10 + 45) / 1024)
    assert effect.interval(0.95)[0] < effect.effect == pytest.approx(0.06)


def test_shares_of_samples_go_to_newcombe_with_the_sign_of_improvement():
    a, b = np.repeat([1.0, 0.0], [48, 32]), np.repeat([1.0, 0.0], [56, 14])
    told = {"direction": -1, "share": True}
    effect = weights_effect(
        one("copy_rate", 0.6, a, **told), one("copy_rate", 0.8, b, **told), "copy_rate"
    )
    assert effect.procedure == SHARES
    assert effect.effect == pytest.approx(-0.2)
    assert effect.interval(0.95) == pytest.approx((-0.3339, -0.0524), abs=5e-5)


def test_shares_that_samples_moved_too_go_to_the_influences():
    rng = np.random.default_rng(0)
    real = np.repeat([1.0, 0.0], [40, 60])
    told = {"direction": 1, "share": True}
    a = one("coverage", 0.4, rng.normal(size=100), real, **told)
    b = one("coverage", 0.4, rng.normal(size=100), real[::-1], **told)
    assert weights_effect(a, b, "coverage").procedure == INFLUENCES


def test_full_shares_that_samples_move_too_are_not_known_exactly():
    told = {"direction": 1, "share": True}
    a, b = (one("coverage", 1.0, np.zeros(80), np.ones(100), **told) for _ in range(2))
    alone = [one("coverage", 1.0, real=np.ones(100), **told) for _ in range(2)]
    effect = weights_effect(a, b, "coverage")
    assert effect.interval(0.95) == weights_effect(*alone, "coverage").interval(0.95)
    assert effect.interval(0.95)[0] < -0.01


def test_a_score_without_influences_has_an_effect_and_no_interval():
    effect = weights_effect(
        one("fd", 5.0, direction=-1), one("fd", 4.0, np.ones(9), direction=-1), "fd"
    )
    assert (effect.effect, effect.interval, effect.p) == (1.0, None, None)
    assert effect.at().low is None


def test_a_ratio_improves_in_logarithms():
    influences = np.random.default_rng(0).normal(size=100)
    a = one("ratio", 0.5, influences, ideal=1.0)
    b = one("ratio", 1.25, influences, ideal=1.0)
    effect = weights_effect(a, b, "ratio")
    assert effect.in_logarithms
    assert effect.effect == pytest.approx(math.log(2) - math.log(1.25))
    half = 1.959964 * influences.std(ddof=1) / 10 * math.hypot(1 / 0.5, 1 / 1.25)
    assert effect.interval(0.95)[1] == pytest.approx(effect.effect + half)


@pytest.mark.parametrize("name", ["hf_gap", KERNEL, COVERAGE])
def test_equal_models_are_distinguished_as_often_as_the_test_allows(name):
    rng = np.random.default_rng(0)
    found = np.array([weights_effect(run(rng), run(rng), name).p for _ in range(400)])
    assert 0.02 <= np.mean(found < 0.05) <= 0.085  # 0.05 +- 3 sd of 400 trials


@pytest.mark.parametrize("name", ["hf_gap", KERNEL, COVERAGE])
def test_intervals_cover_the_true_improvement(name):
    rng = np.random.default_rng(1)
    better = Quality(gap=-5.5, coverage=0.5, kernel=0.03)
    truth = {"hf_gap": 0.5, KERNEL: 0.02, COVERAGE: 0.1}[name]
    covered = 0
    for _ in range(300):
        low, high = weights_effect(run(rng), run(rng, better), name).interval(0.95)
        covered += low <= truth <= high
    assert 0.91 <= covered / 300 <= 0.985


def test_scores_that_are_not_finite_are_left_out():
    broken = one("fd", math.nan, direction=-1)
    assert broken.scores == {}
    assert attrs.evolve(broken, evaluation=evaluation({"fd": score("fd", 1.0)})).scores
