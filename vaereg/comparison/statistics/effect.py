"""By how much B is better than A in one score, with an interval at any confidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import attrs

from vaereg.comparison.comparison import Difference
from vaereg.evaluation.evaluation import LEVEL, Score

Interval = tuple[float, float]


@attrs.frozen(kw_only=True, eq=False)
class Effect:
    """The improvement of B over A in one score.

    Args:
        score: the score of A, for its name, unit and direction.
        value_a, value_b, reference: the values; with several seeds, means over them.
        effect: shortfall of A - shortfall of B; see `vaereg.comparison.statistics.shortfall`.
        interval: confidence -> interval; None if there is none.
        p: the two-sided p-value of no difference, or None.
        procedure: how the interval and the p-value are computed, in words.
        by_seed: the effect of each seed.
        directed, in_logarithms: see `Difference`.
    """

    score: Score
    value_a: float
    value_b: float
    reference: float | None
    effect: float
    interval: Callable[[float], Interval] | None
    p: float | None
    procedure: str
    by_seed: tuple[float, ...]
    directed: bool
    in_logarithms: bool

    def at(self, level: float = LEVEL) -> Difference:
        """The difference for tables, with the interval at this confidence."""
        low, high = self.interval(level) if self.interval else (None, None)
        score = self.score
        return Difference(
            name=score.name,
            extractor=score.extractor,
            question=score.question,
            direction=score.direction,
            ideal=score.ideal,
            unit=score.unit,
            share=score.share,
            meaning=score.meaning,
            value_a=self.value_a,
            value_b=self.value_b,
            reference=self.reference,
            effect=self.effect,
            low=low,
            high=high,
            level=level,
            p=self.p,
            procedure=self.procedure,
            by_seed=self.by_seed,
            directed=self.directed,
            in_logarithms=self.in_logarithms,
        )


@attrs.frozen(kw_only=True, eq=False)
class ScoreEffects:
    """The improvements of B over A in one score.

    Args:
        overall: the effect over all pairs of runs.
        by_pair: the effect in each pair.
    """

    overall: Effect
    by_pair: Sequence[Effect]
