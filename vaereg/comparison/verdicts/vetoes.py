"""What further defects change in a verdict: they veto it, or their end makes it "better".

The primary score of a question overlooks some defects and rewards others. A defect that it
overlooks, and that B shows clearly more than A, vetoes every verdict but "worse": samples beyond
the limit of a guard (`vaereg.comparison.verdicts.limits`), and copies that every measure sees
(`vaereg.comparison.verdicts.copying`). A defect that scores reward vetoes "better" alone: copies of
training examples, since these score better than unseen real data in nearly everything, and lost
variety (`vaereg.comparison.verdicts.lost_variety`), since samples of fewer kinds may each be
sharper and nearer to the data. Where the primary scores leave a question open, a further score
decides: a fall of precision for "true", since a part of the samples is defective
(`vaereg.comparison.verdicts.lost_fidelity`), and class shares that move away from those of real
data for "varied" (`vaereg.comparison.verdicts.lost_balance`). If A shows a defect beyond a limit
and B clearly less, B is better, unless a primary score says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from vaereg.comparison.comparison import Answer
from vaereg.comparison.headline_scores import PRIMARY
from vaereg.comparison.measured_run import MeasuredRun
from vaereg.comparison.spaces import Spaces
from vaereg.comparison.statistics.effect import ScoreEffects
from vaereg.comparison.verdicts.copying import more_copies
from vaereg.comparison.verdicts.limits import beyond_limits
from vaereg.comparison.verdicts.lost_balance import lost_balance
from vaereg.comparison.verdicts.lost_fidelity import lost_fidelity
from vaereg.comparison.verdicts.lost_variety import lost_variety
from vaereg.evaluation.evaluation import LEVEL

REWARDS_FEWER_KINDS = ("sharp", "true")
"""The questions on which samples of fewer kinds may score better."""


@attrs.frozen(kw_only=True)
class Ruling:
    """A verdict after all defects were considered.

    Args:
        verdict: one of `vaereg.comparison.comparison.VERDICTS`.
        veto: the defect that vetoed another verdict, as a clause; empty if there is none.
        relief: the defect of A that B does not have, if the verdict rests on it.
    """

    verdict: str
    veto: str = ""
    relief: str = ""


@attrs.frozen(kw_only=True)
class Defects:
    """What scores other than the primary ones say about one question, as clauses.

    Args:
        overlooked: a defect that B shows clearly more than A.
        rewarded: a defect of B for which a score may be better.
        doubtful: a defect of B unless the primary scores say that B is better.
        relieved: a defect that A shows and B clearly less.
    """

    overlooked: str = ""
    rewarded: str = ""
    doubtful: str = ""
    relieved: str = ""

    def ruling(self, verdict: str, answers: Sequence[Answer], *, may_decide: bool) -> Ruling:
        """The verdict that stands.

        Args:
            verdict: the verdict of the primary scores.
            answers: the answers that it combines.
            may_decide: whether there are enough answers for a verdict.
        """
        if self.overlooked and verdict not in {"exploratory", "worse"}:
            return Ruling(verdict="vetoed", veto=self.overlooked)
        if self.rewarded and verdict == "better":
            return Ruling(verdict="vetoed", veto=self.rewarded)
        is_open = verdict in {"undecided", "equivalent"}
        if self.doubtful and may_decide and is_open:
            return Ruling(verdict="vetoed", veto=self.doubtful)
        if self.relieved and may_decide and is_open and "worse" not in _said(answers):
            return Ruling(verdict="better", relief=self.relieved)
        return Ruling(verdict=verdict)


def _said(answers: Sequence[Answer]) -> set[str]:
    return {each.verdict for each in answers}


def find_defects(
    runs_a: Sequence[MeasuredRun],
    runs_b: Sequence[MeasuredRun],
    effects: Mapping[str, ScoreEffects],
    ropes: Mapping[str, float | None],
    spaces: Spaces,
    level: float,
) -> tuple[dict[str, Defects], tuple[str, ...]]:
    """The defects by question, and warnings about what may be one.

    Args:
        runs_a, runs_b: the evaluated runs, one for each seed.
        effects: the effects by the name of the score.
        ropes: half the widths of the regions of practical equivalence, by score.
        spaces: the feature spaces.
        level: the confidence at which a defect is clear whatever the primary scores say.
    """
    copies = more_copies(runs_a, runs_b, effects, level)
    variety = lost_variety(
        {name: each.overall.at(LEVEL) for name, each in effects.items()}, ropes, spaces.names
    )
    doubtful = {
        "varied": lost_balance(runs_b, effects, ropes, spaces.names, level),
        "true": lost_fidelity(runs_b, effects, ropes, (*spaces.names, *spaces.witnesses), level),
    }
    found = {}
    for question in PRIMARY:
        limits = beyond_limits(question, effects, level)
        clear_copies = copies.defect if copies.is_clear and question == "true" else ""
        lost = variety.defect if question in REWARDS_FEWER_KINDS else ""
        found[question] = Defects(
            overlooked=limits.defect or clear_copies,
            rewarded=copies.defect or lost,
            doubtful=doubtful.get(question, ""),
            relieved=limits.relief,
        )
    return found, (*copies.doubts, *variety.doubts)
