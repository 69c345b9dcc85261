"""The result of a training."""

from __future__ import annotations

from typing import TypedDict

import attrs

from vaereg.runs.layout import RunFolder


class Best(TypedDict, total=False):
    """The best epoch of a training by its monitored term; empty if there is none."""

    term: str
    value: float
    epoch: int


@attrs.frozen(kw_only=True)
class TrainingOutcome:
    """The result of a training that has ended.

    Args:
        run: the run folder.
        model: the declared model.
        epochs: how many epochs were trained.
        stopped_early: whether early stopping ended it.
        terms: the terms of the last epoch.
        best: the best epoch, counted from 1.
        seconds: how long it took, all processes together.
        images_per_second: of this process; 0 if it trained no step.
        peak_memory: the most bytes that this process ("host") and its accelerator ("device")
            held; unknown values are left out.
        files: name of each file written at the end -> its path.
        told: the conditions without which no samples can be drawn.
    """

    run: RunFolder
    model: str
    epochs: int
    stopped_early: bool
    terms: dict[str, float]
    best: Best
    seconds: float
    images_per_second: float
    peak_memory: dict[str, int]
    files: dict[str, str]
    told: tuple[str, ...] = ()
