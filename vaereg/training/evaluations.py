"""Evaluation while training: when a model is evaluated, and what becomes of that."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from vaereg.contracts.data import Data
from vaereg.contracts.metric import ScoreInfo
from vaereg.declaration.declaration import Declaration, Evaluating
from vaereg.errors import VaeregError
from vaereg.host.progress import Progress
from vaereg.runs.log import Log


class Evaluator(Protocol):
    """What measures scores of a model in training; made by a later stage, and handed in.

    Laws: `evaluate` changes nothing that training depends on; equal weights give equal scores.

    Attributes:
        settings: [train.evaluate], with what "auto" and the defaults chose.
        columns: the names that `evaluate` may give, and what each score means.
    """

    @property
    def settings(self) -> Evaluating: ...
    @property
    def columns(self) -> Mapping[str, ScoreInfo]: ...

    def evaluate(self, vae: Any) -> dict[str, float]:
        """The scores of the model as it is now."""
        ...


MakeEvaluator = Callable[[Declaration, Data, Progress], Evaluator]
"""Makes the evaluator of a training, once its data is read and its model built."""


class Evaluations:
    """The evaluations of one training.

    Args:
        evaluate: what measures; None for no evaluation.
        epochs: how many epochs are declared.
        log, progress: told of what goes wrong.
    """

    def __init__(
        self, evaluator: Evaluator | None, epochs: int, log: Log, progress: Progress
    ) -> None:
        self._evaluator = evaluator
        self._epochs = epochs
        self._log = log
        self._progress = progress
        self._every = evaluator.settings.every if evaluator is not None else 0
        self.columns: Mapping[str, ScoreInfo] = evaluator.columns if evaluator is not None else {}
        self.seconds = 0.0
        """How long the last evaluation took."""

    def is_due(self, epoch: int, *, ends: bool) -> bool:
        """Whether the model is evaluated after this epoch, counted from 1.

        Args:
            epoch: which.
            ends: whether early stopping ends the training after it.
        """
        last = ends or epoch == self._epochs
        return bool(self._every) and (epoch % self._every == 0 or last)

    def seconds_left(self, epoch: int) -> float:
        """How long the evaluations after this epoch, counted from 1, will take together."""
        if not self._every:
            return 0.0
        regular = self._epochs // self._every - epoch // self._every
        extra = self._epochs % self._every > 0 and epoch < self._epochs
        return (regular + extra) * self.seconds

    def scores(self, vae: Any, epoch: int) -> dict[str, float]:
        """The scores after an epoch; none, with a warning, where they cannot be measured.

        A fault of a metric costs the scores of the epoch and not the training.
        """
        if self._evaluator is None:
            return {}
        began = time.monotonic()
        self._progress.stage(f"evaluating epoch {epoch}")
        try:
            return self._evaluator.evaluate(vae)
        except VaeregError as error:
            self._progress.say(f"warning: epoch {epoch} is not evaluated: {error}")
            self._log.add("not evaluated", epoch=epoch, reason=f"{type(error).__name__}: {error}")
            return {}
        finally:
            self._progress.end_stage()
            self.seconds = time.monotonic() - began
