"""Evaluates the model during training, after every few epochs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import keras

from vaereg.errors import VaeregError
from vaereg.host.progress import Progress
from vaereg.runs.log import Log
from vaereg.training.callbacks.early_stopper import EarlyStopper
from vaereg.training.clock import Clock
from vaereg.training.evaluator import Evaluator

if TYPE_CHECKING:
    from vaereg.model.vae import VAE


class EpochEvaluation(keras.callbacks.Callback):
    """Adds the scores of the model to the terms of some epochs, including the last one.

    Args:
        evaluator: measures the scores.
        vae: the model in training.
        epochs: the declared number of epochs.
        stopper: may end the training earlier; None without early stopping.
        clock: gets the duration of each evaluation.
        log, progress: get a warning if scores cannot be measured.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        vae: VAE,
        *,
        epochs: int,
        stopper: EarlyStopper | None,
        clock: Clock,
        log: Log,
        progress: Progress,
    ) -> None:
        super().__init__()
        self._evaluator = evaluator
        self._vae = vae
        self._every = evaluator.settings.every
        self._epochs = epochs
        self._stopper = stopper
        self._clock = clock
        self._log = log
        self._progress = progress
        self.seconds = 0.0
        """How long the last evaluation took."""

    def on_epoch_end(self, epoch_index: int, logs: dict[str, float]) -> None:
        """Adds the scores to the terms if the model is evaluated after this epoch."""
        epoch = epoch_index + 1
        ends = self._stopper is not None and self._stopper.ends_after(logs)
        if self.is_due(epoch, ends=ends):
            logs.update(self.scores(epoch))
            self._clock.count_occasional(self.seconds)

    def is_due(self, epoch: int, *, ends: bool) -> bool:
        """Whether the model is evaluated after this epoch, counted from 1.

        Args:
            epoch: which epoch.
            ends: whether early stopping ends the training after it.
        """
        return epoch % self._every == 0 or ends or epoch == self._epochs

    def seconds_left(self, epoch: int) -> float:
        """How long all evaluations after this epoch, counted from 1, will take together."""
        regular = self._epochs // self._every - epoch // self._every
        extra = self._epochs % self._every > 0 and epoch < self._epochs
        return (regular + extra) * self.seconds

    def scores(self, epoch: int) -> dict[str, float]:
        """The scores after an epoch; none, with a warning, if they cannot be measured.

        A metric that fails costs the scores of one epoch, not the training.
        """
        began = time.monotonic()
        self._progress.stage(f"evaluating epoch {epoch}")
        try:
            return self._evaluator.evaluate(self._vae)
        except VaeregError as error:
            self._progress.say(f"warning: epoch {epoch} could not be evaluated: {error}")
            self._log.add("not evaluated", epoch=epoch, reason=f"{type(error).__name__}: {error}")
            return {}
        finally:
            self._progress.end_stage()
            self.seconds = time.monotonic() - began
