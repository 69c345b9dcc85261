"""One pair of trained models: the effect, with the noise of samples and held-out examples."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np

from vaereg.comparison.measured_run import MeasuredRun
from vaereg.comparison.statistics.badness import badness, carried, is_evaluated, is_ratio
from vaereg.comparison.statistics.effect import Effect, Interval
from vaereg.comparison.statistics.proportions import (
    independent_difference,
    mcnemar,
    paired_difference,
    two_proportions,
)

INFLUENCES = "z interval and z test from the influences of the examples"
PAIRED_SHARES = "Newcombe's interval of paired shares, McNemar's exact test"
SHARES = "Newcombe's interval of two shares, z test of two proportions"


def weights_effect(a: MeasuredRun, b: MeasuredRun, name: str) -> Effect:
    """How much better B's weights are than A's, in one score.

    Both were measured against the same held-out examples, whose noise they share:
    Var(B - A) = var(gA) / nA + var(gB) / nB + var(rB - rA) / p, the g and r being the influences
    of generated and held-out examples. For the kernel distance this is the relative three-sample
    test (Bounliphone et al. 2016, arXiv:1511.04581). A share of held-out examples is compared
    example by example, one of generated examples as two independent proportions.

    Args:
        a, b: the evaluated runs, both with the score.
        name: the score's.
    """
    first, second = a.scores[name], b.scores[name]
    evaluator = first
    effect = badness(evaluator, first.value) - badness(evaluator, second.value)
    interval, p, procedure = _uncertainty(a, b, name, effect)
    return Effect(
        score=evaluator,
        value_a=first.value,
        value_b=second.value,
        reference=first.reference,
        effect=effect,
        interval=interval,
        p=p,
        procedure=procedure,
        by_seed=(effect,),
        evaluated=is_evaluated(evaluator),
        in_logarithms=is_ratio(evaluator),
    )


_Uncertainty = tuple[Callable[[float], Interval] | None, float | None, str]


def _uncertainty(a: MeasuredRun, b: MeasuredRun, name: str, effect: float) -> _Uncertainty:
    evaluator, value_a, value_b = a.scores[name], a.scores[name].value, b.scores[name].value
    mine, other = a.influence(name), b.influence(name)
    if (
        evaluator.direction != 0 or evaluator.ideal is None
    ):  # the badness is the value, or its negative
        sign = 1.0 if evaluator.direction >= 0 else -1.0
        real_a = mine.share_of(value_a, real=True)
        real_b = other.share_of(value_b, real=True)
        if real_a is not None and real_b is not None and len(real_a) == len(real_b):
            return (
                lambda level: _signed(sign, paired_difference(real_a, real_b, level)),
                mcnemar(real_a, real_b),
                PAIRED_SHARES,
            )
        made_a = mine.share_of(value_a, real=False)
        made_b = other.share_of(value_b, real=False)
        if made_a is not None and made_b is not None:
            counts = len(made_a), len(made_b)
            return (
                lambda level: _signed(
                    sign, independent_difference(value_a, counts[0], value_b, counts[1], level)
                ),
                two_proportions(value_a, counts[0], value_b, counts[1]),
                SHARES,
            )
    variance = _variance(
        (carried(evaluator, value_a, mine.generated), carried(evaluator, value_a, mine.real)),
        (carried(evaluator, value_b, other.generated), carried(evaluator, value_b, other.real)),
    )
    if variance is None:
        return None, None, ""
    deviation = math.sqrt(variance)
    return (
        lambda level: _normal(effect, deviation, level),
        _two_sided(effect, deviation),
        INFLUENCES,
    )


def _signed(sign: float, interval: Interval) -> Interval:
    low, high = interval
    return (low, high) if sign > 0 else (-high, -low)


def _normal(effect: float, deviation: float, level: float) -> Interval:
    half = NormalDist().inv_cdf(0.5 + level / 2) * deviation
    return effect - half, effect + half


def _two_sided(effect: float, deviation: float) -> float:
    if deviation == 0:
        return 1.0 if effect == 0 else 0.0
    return 2 * NormalDist().cdf(-abs(effect) / deviation)


_Arrays = tuple[np.ndarray | None, np.ndarray | None]


def _variance(a: _Arrays, b: _Arrays) -> float | None:
    """The variance of the effect; None where there are no influences, or of one side alone."""
    if {each is None for each in a} == {True} or {each is None for each in b} == {True}:
        return None
    alone = [each for each in (a[0], b[0]) if each is not None]
    if a[1] is not None and b[1] is not None and len(a[1]) == len(b[1]):
        alone.append(b[1] - a[1])
    else:  # other examples, so nothing is shared
        alone.extend(each for each in (a[1], b[1]) if each is not None)
    if any(len(each) < 2 for each in alone):
        return None
    return float(sum(np.var(each, ddof=1) / len(each) for each in alone))
