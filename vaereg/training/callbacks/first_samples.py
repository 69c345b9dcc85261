"""Draws samples once, about a minute into a training, so that nobody waits for its end."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import keras
import numpy as np

from vaereg.assembly.told import handed_out
from vaereg.contracts.conditions import shown_conditions
from vaereg.contracts.data import Data, part_of
from vaereg.declaration.declaration import Declaration
from vaereg.errors import VaeregError
from vaereg.host.isolated_rng import isolated_rng
from vaereg.host.progress import Progress
from vaereg.pictures.image_grid import write_grid
from vaereg.trained.trained_model import TrainedModel
from vaereg.training.clock import Clock

if TYPE_CHECKING:
    from vaereg.model.vae import VAE

AFTER_SECONDS = 45.0
"""How long a training runs before its first samples are drawn, at the end of an epoch."""

MOST_EXAMPLES = 2000
"""How many training examples the sampler is fitted on, at most: a preview takes no longer."""


class FirstSamples(keras.callbacks.Callback):
    """Writes a grid of samples after the first epoch that ends late enough, and shows its path.

    Samples come from the declared sampler, as at the end of the run, or from the prior if it would
    have to be trained first; it is fitted on some of the
    training examples and not kept. No weight and no random state changes. A short training ends
    before anything is drawn, and a run that is continued keeps the grid that it has.

    Args:
        vae: the model in training.
        data: the data that it is trained on, which must have pictures.
        declaration: gives the sampler, the seed and the number of epochs.
        path: the PNG file.
        count: how many samples the grid shows.
        clock: knows how long this training has been running.
        progress: shows the path, or why there are no samples.
    """

    def __init__(
        self,
        vae: VAE,
        data: Data,
        declaration: Declaration,
        path: Path,
        *,
        count: int,
        clock: Clock,
        progress: Progress,
    ) -> None:
        super().__init__()
        self._vae = vae
        self._data = data
        self._declaration = declaration
        self._path = path
        self._count = count
        self._clock = clock
        self._progress = progress
        self._done = path.exists()

    def on_epoch_end(self, epoch_index: int, logs: dict[str, float]) -> None:
        """Draws the samples if they are due; the last epoch is followed by the final ones."""
        epoch, epochs = epoch_index + 1, self._declaration.train.epochs
        if self._done or epoch == epochs or self._clock.seconds_here < AFTER_SECONDS:
            return
        self._done = True
        began = time.monotonic()
        self._progress.stage("drawing the first samples")
        try:
            with isolated_rng(self._declaration.train.seed):
                self._draw()
        except VaeregError as error:  # the training goes on without them
            self._progress.say(f"warning: no samples could be drawn after epoch {epoch}: {error}")
        else:
            self._progress.say(f"first samples, after epoch {epoch} of {epochs}: {self._path}")
        self._clock.count_occasional(time.monotonic() - began)

    def _draw(self) -> None:
        seed = self._declaration.train.seed
        positions = np.random.default_rng(seed).permutation(len(self._data.train))[:MOST_EXAMPLES]
        few = part_of(self._data.train, np.sort(positions))
        trained = TrainedModel(
            self._vae, self._declaration, lambda: attrs.evolve(self._data, train=few)
        )
        told = handed_out(self._declaration, self._data.spec)
        given = shown_conditions(few, told, self._count, seed)
        samples, _ = trained.draw_in_training(self._count, seed, given)
        write_grid(samples, self._path, value_range=self._data.spec.value_range)
