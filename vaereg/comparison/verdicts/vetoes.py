"""Why a better score may be no good news: training examples copied, or variety lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from vaereg.comparison.comparison import Difference
from vaereg.comparison.figures import change, change_interval, value_of
from vaereg.comparison.measured_run import MeasuredRun
from vaereg.evaluation.evaluation import Score

COPIES = "copy_rate"
RECALL = "recall"
COVERAGE = "coverage"

TIMES_REFERENCE = 3.0
"""Copying is told where the lower limit of the rate is above this multiple of the reference ..."""

LEAST_COPIES = 0.02
"""... and above this share."""

FLOOR_OF_COPIES = 0.01
"""What the copy rate of unseen real data is by its definition, where no reference was measured."""


@attrs.frozen(kw_only=True)
class Veto:
    """A defect that some scores reward.

    Args:
        reason: what it is, to stand behind "better, but".
    """

    reason: str


def find_vetoes(
    runs_a: Sequence[MeasuredRun],
    runs_b: Sequence[MeasuredRun],
    scores: Mapping[str, Difference],
    ropes: Mapping[str, float | None],
    extractor: str,
) -> tuple[dict[str, Veto], list[str]]:
    """The vetoes by question, and warnings.

    Copies of training examples score better than unseen real data in nearly everything, so they
    forbid every "better". Copies are near in every space they are looked for in, the pixels and
    the features; smooth samples of few training images lie near some of them in features alone,
    which is a warning. Recall that falls beyond the ROPE forbids "better" on "sharp" and
    "true": fewer kinds of samples may each be nearer to the data. It does not where coverage has
    clearly risen: recall draws its radii around samples, so that scattered junk raises it and
    mending the junk lowers it (Naeem et al. 2020, arXiv:2002.09797, section 3), which coverage,
    with radii around real examples, is free of. Then it is a warning.

    Args:
        runs_a, runs_b: the evaluated runs, one for each seed.
        scores: the differences, at the confidence of single scores.
        ropes: half the widths of the regions of practical equivalence, by score.
        extractor: the first that both sides have, or an empty string.
    """
    copying, warnings = _copying(runs_a, runs_b)
    vetoes = dict.fromkeys(("sharp", "varied", "true"), copying) if copying else {}
    recall = scores.get(f"{RECALL}_{extractor}")
    rope = ropes.get(f"{RECALL}_{extractor}") or 0.0
    if recall is None or recall.high is None or recall.high >= -rope:
        return vetoes, warnings
    told = (
        f"recall has fallen from {value_of(recall, recall.value_a)} to "
        f"{value_of(recall, recall.value_b)} ({change(recall)} {change_interval(recall)})"
    )
    if _has_risen(scores.get(f"{COVERAGE}_{extractor}"), ropes.get(f"{COVERAGE}_{extractor}")):
        return vetoes, [
            *warnings,
            f"{told} while coverage has risen: recall counts the reach of scattered samples, so "
            "this is no loss of variety by itself; look at the samples",
        ]
    lost = Veto(reason=f"{told}: it shows fewer of the kinds of real examples")
    return {"sharp": lost, "true": lost} | vetoes, warnings


def _has_risen(coverage: Difference | None, rope: float | None) -> bool:
    return coverage is not None and coverage.low is not None and coverage.low > (rope or 0.0)


def _copying(
    runs_a: Sequence[MeasuredRun], runs_b: Sequence[MeasuredRun]
) -> tuple[Veto | None, list[str]]:
    """The veto of copies that are found in every space, or a warning of those found in some."""
    found, spaces = [], 0
    for name, score in runs_b[0].scores.items():
        if not name.startswith(COPIES) or not all(name in run.scores for run in (*runs_a, *runs_b)):
            continue
        spaces += 1
        mine = [run.scores[name] for run in runs_b]
        share = _mean([each.value for each in mine])
        low = _mean([_lower(each) for each in mine])
        before = _mean([run.scores[name].value for run in runs_a])
        reference = FLOOR_OF_COPIES if score.reference is None else score.reference
        if share > before and low > max(TIMES_REFERENCE * reference, LEAST_COPIES):
            found.append(
                f"{100 * share:.1f} % by {name} ({100 * before:.1f} % before, "
                f"{100 * reference:.1f} % of real data)"
            )
    told = " and ".join(found)
    if found and len(found) == spaces:
        return Veto(reason=f"its samples copy training examples, {told}"), []
    if found:
        return None, [
            f"samples lie near training examples, {told}, but not by every measure of copies: "
            "smooth samples may; look at their nearest training examples in the report"
        ]
    return None, []


def _lower(score: Score) -> float:
    return score.value if score.low is None else score.low


def _mean(values: list[float]) -> float:
    return float(np.mean(values))
