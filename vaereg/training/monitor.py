"""Which epoch is the best by a logged term, and when to stop waiting for a better one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from vaereg.errors import DeclarationError, Place, Problem
from vaereg.spec.similar import did_you_mean

LARGER_IS_BETTER = ("accuracy", "elbo", "log_likelihood", "log_prob")
"""Words in a term's name after which "auto" takes larger values for better."""


class Monitor:
    """Watches one logged term from epoch to epoch.

    Args:
        term: its name.
        mode: "min", "max" or "auto".
        min_delta: the least change that counts.
    """

    def __init__(self, term: str, mode: str = "auto", min_delta: float = 0.0) -> None:
        self.term = term
        larger = mode == "max" or (mode == "auto" and any(w in term for w in LARGER_IS_BETTER))
        self.sign = 1.0 if larger else -1.0
        self.min_delta = min_delta
        self.best: float | None = None
        self.best_epoch = 0
        self.waited = 0

    def update(self, epoch: int, terms: Mapping[str, float]) -> bool:
        """Whether this epoch is the best so far; an epoch without the term changes nothing."""
        value = terms.get(self.term)
        if value is None:
            return False
        gain = math.inf if self.best is None else self.sign * (value - self.best)
        if math.isfinite(value) and gain > self.min_delta:
            self.best, self.best_epoch, self.waited = float(value), epoch, 0
            return True
        self.waited += 1
        return False

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        return {
            "term": self.term,
            "best": self.best,
            "best_epoch": self.best_epoch,
            "waited": self.waited,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Takes a state back; that of another term is left alone."""
        if state.get("term") == self.term:
            self.best = state["best"]
            self.best_epoch = int(state["best_epoch"])
            self.waited = int(state["waited"])


def watched_term(
    term: str, known: Sequence[str], *, default: str, path: str, source: str, validated: bool
) -> str:
    """The term to watch: `term`, or its training twin where the default needs validation data.

    Raises:
        DeclarationError: if no such term is logged.
    """
    if term in known:
        return term
    if term == default and not validated and term.removeprefix("val_") in known:
        return term.removeprefix("val_")
    hint = did_you_mean(term, known) or f"logged are {', '.join(known)}"
    if not validated and term.startswith("val_"):
        hint += "\nthe data has no validation split, so no val_ term is logged"
    raise DeclarationError(
        [
            Problem(
                code="unknown-name",
                message=f"no logged term is named {term!r}",
                place=Place(f"{source} [{path}]"),
                hint=hint,
                path=f"{path}.monitor",
            )
        ]
    )
