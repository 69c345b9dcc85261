"""A fall of recall: fewer kinds of real examples occur among the samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from vaereg.comparison.comparison import Difference
from vaereg.comparison.figures import change, change_interval, value_of
from vaereg.comparison.headline_scores import COVERAGE, RECALL


@attrs.frozen(kw_only=True)
class LostVariety:
    """What a fall of recall means.

    Args:
        defect: where recall has fallen, as a clause; empty if it has not.
        doubts: falls that may be harmless, a warning each.
    """

    defect: str = ""
    doubts: tuple[str, ...] = ()


def lost_variety(
    scores: Mapping[str, Difference], ropes: Mapping[str, float | None], spaces: Sequence[str]
) -> LostVariety:
    """Falls of recall beyond the ROPE, in each space.

    If coverage has clearly risen, there is a doubt instead of a defect: recall measures radii
    around samples, so scattered implausible samples raise it, and removing them lowers it (Naeem et
    al. 2020, arXiv:2002.09797, section 3). Coverage measures radii around real examples and does
    not have this defect.

    Args:
        scores: the differences, at the confidence of single scores.
        ropes: half the widths of the regions of practical equivalence, by score.
        spaces: the feature spaces that decide.
    """
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
    defect = ""
    if fallen:
        defect = f"{' and '.join(fallen)}: fewer kinds of real examples occur among its samples"
    return LostVariety(defect=defect, doubts=tuple(doubts))


def _has_risen(coverage: Difference | None, rope: float | None) -> bool:
    return coverage is not None and coverage.low is not None and coverage.low > (rope or 0.0)
