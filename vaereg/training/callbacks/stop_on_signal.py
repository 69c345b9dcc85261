"""Ends a training after a signal, once a checkpoint holds everything."""

from __future__ import annotations

from collections.abc import Mapping

import keras

from vaereg.contracts.tensor import Tensor
from vaereg.errors import Interrupted
from vaereg.runs.layout import RunFolder
from vaereg.training.callbacks.checkpoint_writer import CheckpointWriter
from vaereg.training.interruption import Interruption


class StopOnSignal(keras.callbacks.Callback):
    """Raises `Interrupted` after Ctrl-C or SIGTERM, once a checkpoint holds everything trained.

    Args:
        interruption: whether the user asked to stop.
        checkpoints: writes the checkpoint.
        run: named in the advice on how to resume.
        to_continue: the advice, if it is another one.
    """

    def __init__(
        self,
        interruption: Interruption,
        checkpoints: CheckpointWriter,
        run: RunFolder,
        to_continue: str = "",
    ) -> None:
        super().__init__()
        self._interruption = interruption
        self._checkpoints = checkpoints
        self._to_continue = to_continue or resume_with(run)

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Tensor] | None = None) -> None:
        """Stops within an epoch if the checkpoint was just written."""
        self._stop_if_asked()

    def on_epoch_end(self, epoch_index: int, logs: dict[str, float]) -> None:
        """Stops after an epoch."""
        self._stop_if_asked()

    def _stop_if_asked(self) -> None:
        if self._interruption.asked and self._checkpoints.is_up_to_date:
            raise Interrupted(
                f"stopped by {self._interruption.name} after {self._checkpoints.position}; "
                f"everything up to there is kept.\n{self._to_continue}"
            )


def resume_with(run: RunFolder) -> str:
    """How an interrupted run is continued."""
    return f"resume with: vaereg resume {run}"
