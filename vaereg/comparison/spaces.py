"""The feature spaces that a verdict rests on: two, which no compared model held in its training."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from vaereg.comparison.comparable import common_extractors
from vaereg.comparison.headline_scores import NEVER_DECIDE, PREFERRED_SPACES, WITNESSES
from vaereg.comparison.measured_run import MeasuredRun

NEEDED = 2
"""A verdict needs this many spaces. A single one can be blind to a defect: the features of a
classifier see no texture."""


@attrs.frozen(kw_only=True)
class Spaces:
    """The feature spaces of a comparison.

    Args:
        names: the names of the extractors, at most `NEEDED`.
        witnesses: further spaces, which may say "worse" but decide nothing else.
        lack: why there are fewer, and what to do, as a clause; empty if there are enough.
    """

    names: tuple[str, ...]
    witnesses: tuple[str, ...] = ()
    lack: str = ""


def deciding_spaces(runs: Sequence[MeasuredRun]) -> Spaces:
    """The two spaces that decide: those of `PREFERRED_SPACES` first, then others.

    Left out are spaces that not all runs were measured in, `NEVER_DECIDE` for images, and the
    spaces of extractors that a model held in its training: a model that was trained to be near
    real data in a space is near it there, whatever its samples look like.

    Args:
        runs: all runs of both sides.
    """
    common = common_extractors(runs)
    common.sort(key=lambda name: _rank(name))
    image = runs[0].evaluation.evaluated_on.form == "image"
    weak = [name for name in common if image and name in NEVER_DECIDE]
    held = [name for name in common if _is_held(name, runs)]
    left = [name for name in common if name not in weak and name not in held]
    if len(left) >= NEEDED:
        witnesses = tuple(name for name in left[NEEDED:] if name in WITNESSES)
        return Spaces(names=tuple(left[:NEEDED]), witnesses=witnesses)
    reasons = [f"a verdict needs {NEEDED} feature spaces, and there is {_one_or_none(left)}"]
    reasons += [f"a model was trained with {name}" for name in held]
    reasons += [f"{name} says too little about images" for name in weak]
    advice = "evaluate with further extractors that fit the data (--features)"
    return Spaces(names=tuple(left), lack="; ".join([*reasons, advice]))


def _rank(name: str) -> int:
    known = name in PREFERRED_SPACES
    return PREFERRED_SPACES.index(name) if known else len(PREFERRED_SPACES)


def _one_or_none(left: Sequence[str]) -> str:
    return f"only {left[0]}" if left else "none"


def _is_held(name: str, runs: Sequence[MeasuredRun]) -> bool:
    """Whether a model was trained with this extractor, or with one of the same weights."""
    return any(
        held.name in {name, run.evaluation.extractors[name].component}
        or held.digest == run.evaluation.extractors[name].identity
        for run in runs
        for held in run.held_extractors
    )
