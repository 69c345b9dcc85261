"""Whether the judge sees true improvements, and sees none between draws of one model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

import attrs
import numpy as np

from tests.battery.defects.images import LEVELS, Images, quantized
from tests.battery.defects.membership import copies, dropped
from tests.battery.defects.table import Question
from tests.battery.defects.texture import blur
from tests.battery.judge import Judge, compared
from vaereg.comparison.measured_run import MeasuredRun

Lay = Callable[[Images, float, np.random.Generator], np.ndarray]


@attrs.frozen(kw_only=True)
class Improvement:
    """A defect that becomes weaker.

    Args:
        name: its name in tables.
        question: the question that must say "better".
        before, after: the value of the defect in A and in B.
        lay: see `Defect`.
    """

    name: str
    question: Question
    before: float
    after: float
    lay: Lay


IMPROVEMENTS = (
    Improvement(
        name="blur halved: sigma 1 to 0.5 pixels", question="sharp", before=1.0, after=0.5, lay=blur
    ),
    Improvement(
        name="a class restored: 2 to 1 of 10 missing",
        question="varied",
        before=2,
        after=1,
        lay=dropped,
    ),
    Improvement(
        name="2 % fewer copies: 4 % to 2 %", question="true", before=0.04, after=0.02, lay=copies
    ),
)


@attrs.frozen(kw_only=True)
class Power:
    """How often each verdict was given on an improvement.

    Args:
        improvement: what improved.
        verdicts: by question, the number of draws by verdict.
        draws: how many draws.
    """

    improvement: Improvement
    verdicts: dict[str, Counter[str]]
    draws: int

    @property
    def seen(self) -> int:
        """In how many draws the question that must answer said "better"."""
        return self.verdicts[self.improvement.question]["better"]

    @property
    def contested(self) -> int:
        """In how many draws that question said "contested"."""
        return self.verdicts[self.improvement.question]["contested"]


def draw(judge: Judge, count: int, seed: int) -> tuple[Images, Images]:
    """Two disjoint sets of `count` real images each; the spare ones of each are the other's."""
    real = judge.real
    order = np.random.default_rng(seed).permutation(len(real.pool))
    halves = order[:count], order[count : 2 * count]

    def images(mine: np.ndarray, other: np.ndarray) -> Images:
        return Images(
            base=real.pool[mine] / np.float32(LEVELS),
            base_kinds=real.pool_kinds[mine],
            spare=real.pool[other] / np.float32(LEVELS),
            spare_kinds=real.pool_kinds[other],
            train=judge.data.raw_train(),
            foreign=real.foreign / np.float32(LEVELS),
        )

    return images(*halves), images(*halves[::-1])


def power(judge: Judge, improvement: Improvement, count: int, draws: int) -> Power:
    """Judges an improvement on other images in every draw, and on other ones in A than in B.

    Only the question that must answer is certain to be asked; see `answers`.
    """
    whole = improvement.question != "sharp"
    if whole:
        judge.remember(judge.real.pool / np.float32(LEVELS))
    verdicts: dict[str, Counter[str]] = {}
    for seed in range(draws):
        rng = np.random.default_rng((seed, 1))
        of_a, of_b = draw(judge, count, seed)
        before = quantized(improvement.lay(of_a, improvement.before, rng))
        after = quantized(improvement.lay(of_b, improvement.after, rng))
        a = judge.measured(before, "before", whole=whole)
        b = judge.measured(after, "after", whole=whole)
        for each in compared(a, b).verdicts:
            verdicts.setdefault(each.question, Counter())[each.verdict] += 1
    return Power(improvement=improvement, verdicts=verdicts, draws=draws)


def alike(judge: Judge, count: int, pairs: int) -> dict[str, Counter[str]]:
    """By question, the verdicts on pairs of sets that differ by their draw alone."""
    judge.remember(judge.real.pool / np.float32(LEVELS))
    verdicts: dict[str, Counter[str]] = {}
    for seed in range(pairs):
        a, b = (judge.measured(each.base, "draw") for each in draw(judge, count, 1000 + seed))
        for each in compared(a, b).verdicts:
            verdicts.setdefault(each.question, Counter())[each.verdict] += 1
    return verdicts


def graded(weaker_last: Sequence[MeasuredRun]) -> list[dict[str, str]]:
    """The verdicts between neighbours in a row of evaluations, each better than the one before."""
    return [
        {each.question: each.verdict for each in compared(a, b).verdicts}
        for a, b in pairwise(weaker_last)
    ]
