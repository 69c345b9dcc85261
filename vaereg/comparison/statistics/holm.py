"""Several decisions at one error rate (Holm 1979), by intervals that shrink step by step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def holm(
    questions: Sequence[T], is_clear: Callable[[T, float], bool], alpha: float = 0.05
) -> dict[T, float]:
    """The confidence at which each question is decided, or was tried last.

    Bonferroni among all; those that are clear leave, and the rest is tried at the milder level of
    those that remain, until none leaves. This is Holm's step-down test told by intervals: it keeps
    the chance of any false decision at alpha.

    Args:
        questions: what is asked.
        is_clear: whether the interval at that confidence decides a question.
        alpha: the error rate over all of them.
    """
    levels: dict[T, float] = {}
    open_ones = list(questions)
    while open_ones:
        level = 1 - alpha / len(open_ones)
        levels.update(dict.fromkeys(open_ones, level))
        left = [each for each in open_ones if not is_clear(each, level)]
        if len(left) == len(open_ones):
            break
        open_ones = left
    return levels
