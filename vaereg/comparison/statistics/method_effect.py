"""Several pairs of trained models: the effect, with the noise of training."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from vaereg.comparison.statistics.effect import Effect, Interval
from vaereg.comparison.statistics.shortfall import is_directed, is_ratio

LEAST_SEEDS = 6
"""With fewer seeds, the exact sign-flip test cannot reach 5 %: 2 / 2^5 is 6.25 %."""

MANY_SEEDS = 10
"""From this number of seeds on, robust summaries are reported too."""

MOST_EXACT = 20
"""Up to this number of seeds, all 2^S sign flips are tried."""

RANDOM_FLIPS = 99_999
"""How many sign flips are drawn if there are more seeds."""

PROCEDURE = "t interval of the effects over the seeds, exact sign-flip test"


def method_effect(pairs: Sequence[Effect]) -> Effect:
    """How much better B's method is in one score, from the effects of paired seeds.

    The interval covers chance in training and sampling, given the held-out examples, which all
    runs share.

    Args:
        pairs: the effect of each seed, at least two.

    Raises:
        ValueError: for fewer than two.
    """
    if len(pairs) < 2:
        raise ValueError(f"the effect of a method needs at least two seeds; got {len(pairs)}")
    effects = np.array([each.effect for each in pairs])
    first = pairs[0]
    return Effect(
        score=first.score,
        value_a=float(np.mean([each.value_a for each in pairs])),
        value_b=float(np.mean([each.value_b for each in pairs])),
        reference=first.reference,
        effect=float(effects.mean()),
        interval=lambda level: t_interval(effects, level),
        p=sign_flip(effects),
        procedure=PROCEDURE,
        by_seed=tuple(float(each) for each in effects),
        directed=is_directed(first.score),
        in_logarithms=is_ratio(first.score),
    )


def t_interval(effects: np.ndarray, level: float) -> Interval:
    """Student's interval of the mean of effects (S,), S >= 2."""
    from scipy.special import stdtrit  # scipy.stats takes a second to import

    half = float(stdtrit(len(effects) - 1, 0.5 + level / 2))
    half *= float(np.std(effects, ddof=1)) / math.sqrt(len(effects))
    return float(effects.mean()) - half, float(effects.mean()) + half


def sign_flip(effects: np.ndarray) -> float:
    """The two-sided p-value of effects (S,) that are symmetric about 0 (Fisher 1935).

    If neither method is better, each effect could just as well have the opposite sign: p is the
    share of all 2^S sign flips whose mean is at least as far from 0. It is exact for up to 20
    effects; for more, it is estimated from 99,999 random flips and the observed one.
    """
    sizes = np.abs(np.asarray(effects, np.float64))
    observed = abs(float(np.sum(effects)))
    least = observed - 1e-12 * float(sizes.sum())  # counts the observed signs despite rounding
    count = len(sizes)
    if count > MOST_EXACT:
        rng = np.random.default_rng(0)
        signs = rng.integers(0, 2, (RANDOM_FLIPS, count), dtype=np.int8) * 2 - 1
        return float((1 + np.sum(np.abs(signs @ sizes) >= least)) / (1 + RANDOM_FLIPS))
    sums = np.zeros(1)
    for size in sizes:
        sums = np.concatenate([sums + size, sums - size])
    return float(np.mean(np.abs(sums) >= least))


def interquartile_mean(effects: np.ndarray) -> float:
    """The mean of the middle half (Agarwal et al. 2021, arXiv:2108.13264)."""
    cut = len(effects) // 4
    return float(np.mean(np.sort(effects)[cut : len(effects) - cut]))


def probability_better(shortfall_a: np.ndarray, shortfall_b: np.ndarray) -> float:
    """The probability that a training of B beats one of A, over all S x S pairs; ties count 1/2.

    The probability of improvement of Agarwal et al. (2021), which is Mann and Whitney's U / S^2.
    """
    better = shortfall_b[None, :] < shortfall_a[:, None]
    equal = shortfall_b[None, :] == shortfall_a[:, None]
    return float(np.mean(better + 0.5 * equal))
