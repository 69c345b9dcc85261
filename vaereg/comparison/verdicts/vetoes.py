"""Why a better score may be misleading: training examples copied, or variety lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from vaereg.comparison.comparison import Difference
from vaereg.comparison.figures import change, change_interval, figure, value_of
from vaereg.comparison.headline_scores import COPIES, COVERAGE, PRIMARY, RECALL
from vaereg.comparison.measured_run import MeasuredRun
from vaereg.comparison.verdicts.copying import is_copying, reference_copies


@attrs.frozen(kw_only=True)
class Veto:
    """A defect that some scores reward.

    Args:
        reason: the defect, as a clause after "better, but".
    """

    reason: str


def find_vetoes(
    runs_a: Sequence[MeasuredRun],
    runs_b: Sequence[MeasuredRun],
    scores: Mapping[str, Difference],
    ropes: Mapping[str, float | None],
    spaces: Sequence[str],
) -> tuple[dict[str, Veto], list[str]]:
    """The vetoes by question, and warnings.

    Copies of training examples score better than unseen real data in nearly everything, so they
    veto every "better". A copy is near its original in every space, in pixels and in features.
    Smooth samples of a model with few training images may be near some of these in features alone,
    which only causes a warning. A fall of recall beyond the ROPE vetoes "better" on "sharp" and
    "true", because samples of fewer kinds may each be nearer to the data. If coverage has clearly
    risen, there is a warning instead of this veto: recall measures radii around samples, so
    scattered implausible samples raise it, and removing them lowers it (Naeem et al. 2020,
    arXiv:2002.09797, section 3). Coverage measures radii around real examples and does not have
    this defect.

    Args:
        runs_a, runs_b: the evaluated runs, one for each seed.
        scores: the differences, at the confidence of single scores.
        ropes: half the widths of the regions of practical equivalence, by score.
        spaces: the feature spaces that decide.
    """
    copying, warnings = _veto_of_copies(runs_a, runs_b)
    lost, doubts = _veto_of_lost_variety(scores, ropes, spaces)
    vetoes = dict.fromkeys(("sharp", "true"), lost) if lost else {}
    vetoes |= dict.fromkeys(PRIMARY, copying) if copying else {}
    return vetoes, [*warnings, *doubts]


def _veto_of_lost_variety(
    scores: Mapping[str, Difference], ropes: Mapping[str, float | None], spaces: Sequence[str]
) -> tuple[Veto | None, list[str]]:
    """A veto for a fall of recall in a space, or a warning about one that may be harmless."""
    fallen, doubts = [], []
    for space in spaces:
        name, coverage = f"{RECALL}_{space}", f"{COVERAGE}_{space}"
        recall, rope = scores.get(name), ropes.get(name) or 0.0
        if recall is None or recall.high is None or recall.high >= -rope:
            continue
        fall = (
            f"{name} has fallen from {value_of(recall, recall.value_a)} to "
            f"{value_of(recall, recall.value_b)} ({change(recall)} {change_interval(recall)})"
        )
        if _has_risen(scores.get(coverage), ropes.get(coverage)):
            doubts.append(
                f"{fall} while coverage has risen: recall rewards scattered samples, so its fall "
                "alone does not mean less variety; look at the samples"
            )
        else:
            fallen.append(fall)
    if not fallen:
        return None, doubts
    reason = f"{' and '.join(fallen)}: fewer kinds of real examples occur among its samples"
    return Veto(reason=reason), doubts


def _has_risen(coverage: Difference | None, rope: float | None) -> bool:
    return coverage is not None and coverage.low is not None and coverage.low > (rope or 0.0)


def _veto_of_copies(
    runs_a: Sequence[MeasuredRun], runs_b: Sequence[MeasuredRun]
) -> tuple[Veto | None, list[str]]:
    """A veto for copies found in every space, or a warning about those found in some."""
    copying, spaces = [], 0
    for name, score in runs_b[0].scores.items():
        if not name.startswith(COPIES) or not all(name in run.scores for run in (*runs_a, *runs_b)):
            continue
        spaces += 1
        mine = [run.scores[name] for run in runs_b]
        share = _mean_of([each.value for each in mine])
        before = _mean_of([run.scores[name].value for run in runs_a])
        if share > before and is_copying(mine):
            copying.append(
                f"{figure(share, share=True)} by {name} ({figure(before, share=True)} in A, "
                f"{figure(reference_copies(score), share=True)} of real data)"
            )
    shares = " and ".join(copying)
    if copying and len(copying) == spaces:
        return Veto(reason=f"its samples copy training examples: {shares}"), []
    if copying:
        return None, [
            f"samples are near training examples ({shares}), but not by every measure of copies, "
            "as smooth samples may be; look at their nearest training examples in the report"
        ]
    return None, []


def _mean_of(values: list[float]) -> float:
    return float(np.mean(values))
