"""A score that got clearly worse, and is worse than that of real data."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from tests.helpers.measured_runs import FEATURES, run, score
from vaereg.comparison.measured_run import MeasuredRun
from vaereg.comparison.statistics.effect import Effect, ScoreEffects
from vaereg.comparison.verdicts.worse_than_real import WorseThanReal, worse_than_real

UP, DOWN = "rising", "falling"
"""A score of which more is better, and one of which less is better."""

ROPE = 0.02


def measured(direction: int, value: float) -> tuple[MeasuredRun, str]:
    """A run with a score that is 0.45 to 0.55 for real data, and the score's name."""
    name = f"{UP if direction > 0 else DOWN}_{FEATURES}"
    made = score(
        name,
        value,
        question="true",
        direction=direction,
        low=value - 0.02,
        high=value + 0.02,
        reference=0.5,
        reference_low=0.45,
        reference_high=0.55,
    )
    plain = run(np.random.default_rng(0))
    evaluation = attrs.evolve(plain.evaluation, scores={name: made})
    return attrs.evolve(plain, evaluation=evaluation), name


def found(direction: int, value: float, effect: float, half: float = 0.01) -> WorseThanReal:
    """What is found of a score that has this value in B after this improvement."""
    b, name = measured(direction, value)
    overall = Effect(
        score=b.scores[name],
        value_a=value - direction * effect,
        value_b=value,
        reference=0.5,
        effect=effect,
        interval=lambda level: (effect - half, effect + half),
        p=None,
        procedure="",
        by_seed=(),
        directed=True,
        in_logarithms=False,
    )
    effects = {name: ScoreEffects(overall=overall, by_pair=[overall])}
    base = UP if direction > 0 else DOWN
    return worse_than_real(base, [b], effects, {name: ROPE}, [FEATURES, "elsewhere"], 0.95)


@pytest.mark.parametrize(("direction", "value"), [(1, 0.3), (-1, 0.7)])
def test_a_change_for_the_worse_beyond_real_data_is_told_with_numbers(direction: int, value: float):
    result = found(direction, value, -0.1)

    (clause,) = result.spaces
    assert f"{FEATURES} {value:.3f} against {value + direction * 0.1:.3f}" in clause
    assert "real data 0.500" in clause
    assert not result.has_improved


@pytest.mark.parametrize(
    ("direction", "value", "effect", "half"),
    [
        (1, 0.5, -0.1, 0.01),  # as good as real data
        (-1, 0.56, -0.1, 0.01),  # its interval reaches that of real data
        (1, 0.3, -0.1, 0.09),  # not clear
        (-1, 0.7, -0.02, 0.01),  # within the ROPE
        (-1, 0.3, -0.1, 0.01),  # better than real data
    ],
)
def test_other_changes_for_the_worse_are_not(
    direction: int, value: float, effect: float, half: float
):
    assert found(direction, value, effect, half).spaces == ()


def test_an_improvement_beyond_the_rope_is_one():
    assert found(1, 0.3, 0.1).has_improved
    assert not found(1, 0.3, 0.02).has_improved
