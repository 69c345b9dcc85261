"""One pair of trained models: the effect, with the noise of samples and held-out examples."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

import attrs
import numpy as np

from vaereg.comparison.measured_run import Influences, MeasuredRun
from vaereg.comparison.statistics.effect import Effect, Interval
from vaereg.comparison.statistics.proportions import (
    independent_difference,
    mcnemar,
    paired_difference,
    two_proportions,
)
from vaereg.comparison.statistics.shortfall import (
    influences_on_shortfall,
    is_directed,
    is_ratio,
    shortfall,
)
from vaereg.evaluation.evaluation import Score

INFLUENCES = "z interval and z test from the influences of the examples"
PAIRED_SHARES = "Newcombe's interval of paired shares, McNemar's exact test"
SHARES = "Newcombe's interval of two independent shares, z test of two proportions"


def weights_effect(a: MeasuredRun, b: MeasuredRun, name: str) -> Effect:
    """How much better B's weights are than A's in one score.

    Both are measured against the same held-out examples, so they share that noise:
    Var(B - A) = var(gA) / nA + var(gB) / nB + var(rB - rA) / p, the g and r being the influences
    of generated and held-out examples. For the kernel distance this is the relative three-sample
    test (Bounliphone et al. 2016, arXiv:1511.04581). A share of held-out examples is compared
    example by example, one of generated examples as two independent proportions. A share of
    held-out examples that generated ones move too, such as coverage, has the interval of the
    influences, but reaches at least as far as that of the paired shares: where all examples are
    covered, influences do not vary.

    Args:
        a, b: the evaluated runs; both have the score.
        name: of the score.
    """
    score, value_b = a.scores[name], b.scores[name].value
    effect = shortfall(score, score.value) - shortfall(score, value_b)
    uncertainty = _uncertainty(a, b, name, effect)
    return Effect(
        score=score,
        value_a=score.value,
        value_b=value_b,
        reference=score.reference,
        effect=effect,
        interval=uncertainty.interval,
        p=uncertainty.p,
        procedure=uncertainty.procedure,
        by_seed=(effect,),
        directed=is_directed(score),
        in_logarithms=is_ratio(score),
    )


@attrs.frozen(kw_only=True, eq=False)
class _Uncertainty:
    """How certain an effect is; all fields are empty if there are no influences."""

    interval: Callable[[float], Interval] | None = None
    p: float | None = None
    procedure: str = ""


def _uncertainty(a: MeasuredRun, b: MeasuredRun, name: str, effect: float) -> _Uncertainty:
    score, value_a, value_b = a.scores[name], a.scores[name].value, b.scores[name].value
    of_a, of_b = a.influence(name), b.influence(name)
    if score.direction != 0 or score.ideal is None:  # the shortfall is the value, or its negative
        sign = 1.0 if score.direction >= 0 else -1.0
        real_a = of_a.share_of(value_a, real=True)
        real_b = of_b.share_of(value_b, real=True)
        if real_a is not None and real_b is not None and len(real_a) == len(real_b):
            return _Uncertainty(
                interval=lambda level: _oriented(sign, paired_difference(real_a, real_b, level)),
                p=mcnemar(real_a, real_b),
                procedure=PAIRED_SHARES,
            )
        made_a = of_a.share_of(value_a, real=False)
        made_b = of_b.share_of(value_b, real=False)
        if made_a is not None and made_b is not None:
            counts = len(made_a), len(made_b)
            return _Uncertainty(
                interval=lambda level: _oriented(
                    sign, independent_difference(value_a, counts[0], value_b, counts[1], level)
                ),
                p=two_proportions(value_a, counts[0], value_b, counts[1]),
                procedure=SHARES,
            )
    variance = _variance(_on_shortfall(score, value_a, of_a), _on_shortfall(score, value_b, of_b))
    if variance is None:
        return _Uncertainty()
    deviation = math.sqrt(variance)
    least = _interval_of_shares(a, b, name)

    def interval(level: float) -> Interval:
        found = _normal_interval(effect, deviation, level)
        return found if least is None else _widened(found, least(level))

    return _Uncertainty(
        interval=interval,
        p=_two_sided(effect, deviation),
        procedure=INFLUENCES,
    )


def _interval_of_shares(
    a: MeasuredRun, b: MeasuredRun, name: str
) -> Callable[[float], Interval] | None:
    """The interval of two shares of the same held-out examples, as if samples had no influence."""
    score = a.scores[name]
    real_a = a.influence(name).share_of(score.value, real=True, alone=False)
    real_b = b.influence(name).share_of(b.scores[name].value, real=True, alone=False)
    if score.direction == 0 or real_a is None or real_b is None or len(real_a) != len(real_b):
        return None
    return lambda level: _oriented(float(score.direction), paired_difference(real_a, real_b, level))


def _on_shortfall(score: Score, value: float, influences: Influences) -> Influences:
    return Influences(
        generated=influences_on_shortfall(score, value, influences.generated),
        real=influences_on_shortfall(score, value, influences.real),
    )


def _oriented(sign: float, interval: Interval) -> Interval:
    low, high = interval
    return (low, high) if sign > 0 else (-high, -low)


def _widened(interval: Interval, least: Interval) -> Interval:
    return min(interval[0], least[0]), max(interval[1], least[1])


def _normal_interval(effect: float, deviation: float, level: float) -> Interval:
    half = NormalDist().inv_cdf(0.5 + level / 2) * deviation
    return effect - half, effect + half


def _two_sided(effect: float, deviation: float) -> float:
    if deviation == 0:
        return 1.0 if effect == 0 else 0.0
    return 2 * NormalDist().cdf(-abs(effect) / deviation)


def _variance(a: Influences, b: Influences) -> float | None:
    """The variance of the effect; None unless both sides have influences."""
    if any(each.generated is None and each.real is None for each in (a, b)):
        return None
    independent = [each for each in (a.generated, b.generated) if each is not None]
    if a.real is not None and b.real is not None and len(a.real) == len(b.real):
        independent.append(b.real - a.real)
    else:  # different examples, so no noise is shared
        independent.extend(each for each in (a.real, b.real) if each is not None)
    if any(len(each) < 2 for each in independent):
        return None
    return float(sum(np.var(each, ddof=1) / len(each) for each in independent))
