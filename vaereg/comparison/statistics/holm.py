"""Several decisions at one error rate (Holm 1979), by intervals of decreasing confidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def holm(
    questions: Sequence[T], is_clear: Callable[[T, float], bool], alpha: float = 0.05
) -> dict[T, float]:
    """The confidence at which each question is decided, or was last tried.

    First all questions are tried at Bonferroni's level. Those that are decided drop out, and the
    rest are tried at the milder level for their number, until no more are decided. This is Holm's
    step-down test in terms of intervals: the probability of any false decision is at most alpha.

    Args:
        questions: the questions to decide.
        is_clear: whether the interval at that confidence decides a question.
        alpha: the error rate over all questions.
    """
    levels: dict[T, float] = {}
    undecided = list(questions)
    while undecided:
        level = 1 - alpha / len(undecided)
        levels.update(dict.fromkeys(undecided, level))
        left = [each for each in undecided if not is_clear(each, level)]
        if len(left) == len(undecided):
            break
        undecided = left
    return levels
