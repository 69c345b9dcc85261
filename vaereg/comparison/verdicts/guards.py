"""Defects that the primary scores overlook: copies, repeats, periodic patterns.

A guard is a score with a limit beyond which it shows a defect. A few copies, or one sample that is
repeated, hardly move the distance of two distributions, and a faint grid is a single frequency of
hundreds. If B shows such a defect, clearly more than A, B's verdict is vetoed, whatever the primary
scores say. If A shows it and B clearly less, B is better, unless a primary score says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from vaereg.comparison.figures import change_at_level, value_of
from vaereg.comparison.headline_scores import GUARDS
from vaereg.comparison.statistics.effect import ScoreEffects


@attrs.frozen(kw_only=True)
class Guarded:
    """What the guards of one question say.

    Args:
        defect: the defect that B shows more than A, as a clause; empty if there is none.
        relief: the defect of A that B shows less, as a clause; empty if there is none.
    """

    defect: str = ""
    relief: str = ""


def guarded(question: str, effects: Mapping[str, ScoreEffects], level: float) -> Guarded:
    """What the guards of a question say.

    Args:
        question: "sharp", "varied" or "true".
        effects: the effects by the name of the score.
        level: the confidence at which a difference is clear.
    """
    defects, reliefs = [], []
    for each in effects.values():
        score = each.overall.score
        meaning = GUARDS[question].get(score.base)
        if meaning is None or score.limit is None or each.overall.interval is None:
            continue
        found = each.overall.at(level)
        assert found.low is not None and found.high is not None  # there is an interval
        told = (
            f"{score.name} {value_of(found, found.value_b)} against "
            f"{value_of(found, found.value_a)} (limit {value_of(found, score.limit)}; improvement "
            f"{change_at_level(found)})"
        )
        if found.high < 0 and found.value_b > score.limit:
            defects.append(f"its samples {meaning}: {told}")
        elif found.low > 0 and found.value_a > score.limit:
            reliefs.append(f"fewer of its samples {meaning}: {told}")
    return Guarded(defect=" and ".join(defects), relief=" and ".join(reliefs))
