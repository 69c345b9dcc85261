"""Which scores the tables show: those that decide and those of the model; the rest on demand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol, TypeVar

from vaereg.comparison.headline_scores import GUARDS, PRIMARY

HEADINGS = {
    "sharp": "Sharp?",
    "varied": "Varied?",
    "true": "True to the data?",
    "health": "Is the VAE healthy?",
}
"""The questions in the order in which they are answered."""

TWINS = "Reconstructions, measured as samples are, and what sampling adds"
"""The heading of the scores that only tell the decoder's fault from that of the prior."""


class NamedScore(Protocol):
    """A score, or the difference of two runs in it."""

    @property
    def name(self) -> str: ...
    @property
    def base(self) -> str: ...
    @property
    def question(self) -> str: ...
    @property
    def is_twin(self) -> bool: ...


S = TypeVar("S", bound=NamedScore)


def scores_of(
    question: str, scores: Iterable[S], primary: Collection[str], *, everything: bool
) -> list[S]:
    """The scores to show of a question: those that decide, those that veto, then others.

    Args:
        question: one of HEADINGS.
        scores: all scores.
        primary: the names of the scores that decide the question.
        everything: show the others too. They are shown anyway for a question that no score decides.
    """

    def rank(each: S) -> int:
        if each.name in primary:
            return 0
        return 1 if each.base in GUARDS.get(question, ()) else 2

    mine = [each for each in scores if each.question == question and not each.is_twin]
    mine.sort(key=rank)
    is_decided = any(each.name in primary for each in mine)
    if everything or question not in PRIMARY or not is_decided:
        return mine
    return [each for each in mine if rank(each) < 2]


def twins_of(scores: Iterable[S]) -> list[S]:
    """The scores of reconstructions, and what sampling adds to them."""
    return [each for each in scores if each.is_twin]


def folded_text(scores: Sequence[NamedScore], shown: Collection[str]) -> str:
    """A sentence on the scores that were not shown; empty if all were.

    Args:
        scores: all scores.
        shown: the names of those that were shown.
    """
    left = [each for each in scores if each.name not in shown]
    if not left:
        return ""
    names = dict.fromkeys(each.base for each in left if not each.is_twin)
    twins = sum(each.is_twin for each in left)
    of_reconstructions = [f"{twins} of reconstructions"] * bool(twins)
    return f"--all shows {len(left)} further scores: {', '.join([*names, *of_reconstructions])}."
