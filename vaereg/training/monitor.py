"""Finds the best epoch by a logged term, and counts the epochs without improvement."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from vaereg.contracts.metric import ScoreInfo
from vaereg.declaration.declaration import Checkpointing, EarlyStopping
from vaereg.errors import DeclarationError, Place, Problem
from vaereg.runs.atomic import Json, JsonObject
from vaereg.runs.log import FINAL_LOSS
from vaereg.wording import did_you_mean

LARGER_IS_BETTER = ("accuracy", "elbo", "log_likelihood", "log_prob")
"""If a term's name contains one of these, "auto" takes larger values to be better."""


class Monitor:
    """Watches one logged term.

    Args:
        term: its name.
        mode: "min", "max" or "auto".
        min_delta: smaller changes do not count as improvement.
        info: what the term means if it is a score: "auto" then takes the score's direction; if it
            has none, values closer to its ideal are better.

    Attributes:
        best, best_epoch: the best value and its epoch, counted from 1; None and 0 at first.
        wait: how many values have come since then without improvement.
    """

    def __init__(
        self,
        term: str,
        mode: str = "auto",
        min_delta: float = 0.0,
        info: ScoreInfo | None = None,
    ) -> None:
        self.term = term
        self.min_delta = min_delta
        self.best: float | None = None
        self.best_epoch = 0
        self.wait = 0
        automatic = mode == "auto"
        self.ideal = info.ideal if automatic and info is not None and not info.direction else None
        if automatic and info is not None:
            larger = info.direction > 0
        else:
            larger = mode == "max" or (automatic and any(w in term for w in LARGER_IS_BETTER))
        self.sign = 1.0 if larger else -1.0

    def update(self, epoch: int, terms: Mapping[str, float]) -> bool:
        """Whether this epoch is the best so far; an epoch without the term changes nothing."""
        value = terms.get(self.term)
        if value is None:
            return False
        self.wait = self.wait_after(terms)
        if self.wait:
            return False
        self.best, self.best_epoch = float(value), epoch
        return True

    def wait_after(self, terms: Mapping[str, float]) -> int:
        """What `wait` will be after an epoch with these terms; changes nothing."""
        value = terms.get(self.term)
        if value is None:
            return self.wait
        gain = math.inf if self.best is None else self._merit(value) - self._merit(self.best)
        return 0 if math.isfinite(value) and gain > self.min_delta else self.wait + 1

    def _merit(self, value: float) -> float:
        return self.sign * (value if self.ideal is None else abs(value - self.ideal))

    def state(self) -> JsonObject:
        """The state that a checkpoint stores."""
        return {
            "term": self.term,
            "best": self.best,
            "best_epoch": self.best_epoch,
            "waited": self.wait,
        }

    def restore(self, state: Mapping[str, Json]) -> str:
        """Restores a state; returns the term whose state is given up for another one, if any."""
        if state.get("term") == self.term:
            self.best = state["best"]
            self.best_epoch = int(state["best_epoch"])
            self.wait = int(state["waited"])
            return ""
        return str(state["term"]) if state.get("best_epoch") or state.get("waited") else ""


def monitor_of(
    declared: EarlyStopping | Checkpointing,
    known: Sequence[str],
    scores: Mapping[str, ScoreInfo],
    *,
    path: str,
    source: str,
    validated: bool,
) -> Monitor:
    """The monitor that a declaration describes.

    Args:
        declared: which term to watch, and how.
        known: the logged terms.
        scores: the terms that are scores, with their meaning.
        path: where the monitor is declared, such as "train.early_stopping".
        source: the file that declares it.
        validated: whether validation terms are logged.

    Raises:
        DeclarationError: if no such term is logged, or it is undefined which values are better.
    """
    default = type(declared)().monitor
    term = watched_term(
        declared.monitor, known, default=default, path=path, source=source, validated=validated
    )
    info = scores.get(term)
    if info is not None and declared.mode == "auto" and not info.direction and info.ideal is None:
        message = f"it is not defined whether larger or smaller values of {term!r} are better"
        hint = 'monitor another term, or set mode to "min" or "max"'
        raise _fault("does-not-fit", message, hint, path=path, source=source)
    min_delta = declared.min_delta if isinstance(declared, EarlyStopping) else 0.0
    return Monitor(term, declared.mode, min_delta, info)


def watched_term(
    term: str, known: Sequence[str], *, default: str, path: str, source: str, validated: bool
) -> str:
    """The term to watch: `term`, or `loss` for `val_loss` if that is the default and not logged.

    If a weight changes during training, the loss is watched as it is with the final weights: the
    paid loss rises or falls with the weights, whatever the model does.

    Raises:
        DeclarationError: if no such term is logged.
    """
    if term == default and not validated and term.removeprefix("val_") in known:
        term = term.removeprefix("val_")
    if term in known:
        final = term.replace("loss", FINAL_LOSS)
        return final if term in ("loss", "val_loss") and final in known else term
    hint = did_you_mean(term, known) or f"the logged terms are {', '.join(known)}"
    if not validated and term.startswith("val_"):
        hint += "\nval_ terms need a validation split, and the data has none"
    if term.startswith("eval_") and not any(name.startswith("eval_") for name in known):
        hint += "\neval_ terms are logged only if [train.evaluate] is declared"
    message = f"no logged term is named {term!r}"
    raise _fault("unknown-name", message, hint, path=path, source=source)


def _fault(code: str, message: str, hint: str, *, path: str, source: str) -> DeclarationError:
    place = Place(f"{source} [{path}]")
    problem = Problem(code=code, message=message, place=place, hint=hint, path=f"{path}.monitor")
    return DeclarationError([problem])
