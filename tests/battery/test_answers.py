"""What the comparison answers to known defects: caught at middle strength, fooled at none.

The full table, with every question asked and with the scores: `python -m tests.benchmarks battery`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.battery.answers import Answer, answers, real_images
from tests.battery.defects.table import Strength
from tests.battery.judge import Judge
from tests.battery.power import IMPROVEMENTS, alike, power
from tests.battery.sets import SETS

COUNT = 1000
DRAWS, PAIRS = 3, 3
"""Of each improvement, and of draws that do not differ; the benchmark makes 10 and 100."""

STRENGTHS: tuple[Strength, ...] = ("weak", "middle")
"""Strong defects are left to the benchmark: what catches a weaker one catches them."""

NOT_CAUGHT: dict[tuple[str, str], str] = {}
"""(Defect, set) -> why its middle strength is not caught yet."""

NOT_SEEN: dict[tuple[str, str], str] = {}
"""(Improvement, set) -> why it is not seen yet."""


def told(found: Sequence[Answer]) -> str:
    """The answers, for a message."""
    return "\n".join(f"{each.label}: {dict(each.verdicts)}" for each in found)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(SETS))
def test_defects_are_caught_and_improvements_are_seen(name: str, tmp_path: Path):
    """One test for each set, since its features are computed once; gaps that close must go."""
    judge = Judge.of(SETS[name](COUNT), tmp_path)
    images = real_images(judge, COUNT)

    found = list(answers(judge, images, "real images", strengths=STRENGTHS, whole=False))
    gained = [power(judge, improvement, COUNT, DRAWS) for improvement in IMPROVEMENTS]
    same = alike(judge, COUNT, PAIRS)

    fooled = [each for each in found if each.fooled]
    assert not fooled, told(fooled)
    missed = [each for each in found if each.strength == "middle" and not each.caught]
    gaps = {defect for defect, set_name in NOT_CAUGHT if set_name == name}
    assert {each.defect.name for each in missed} == gaps, told(missed)
    unseen = {each.improvement.name: each.verdicts for each in gained if each.seen < DRAWS}
    assert unseen.keys() == {each for each, set_name in NOT_SEEN if set_name == name}, unseen
    assert sum(each.contested for each in gained) == 0
    assert not any(counts["better"] or counts["worse"] for counts in same.values()), same
