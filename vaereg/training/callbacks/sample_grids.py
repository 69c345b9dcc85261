"""Draws samples from the model during training."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import keras

from vaereg.contracts.conditions import NO_CONDITIONS, Given
from vaereg.pictures.image_grid import write_grid

if TYPE_CHECKING:
    from vaereg.model.vae import VAE


class SampleGrids(keras.callbacks.Callback):
    """Writes a grid of samples every few epochs, from the same latents each time.

    Args:
        vae: the model in training.
        folder: where `epoch-0001.png` and so on are written.
        every: how many epochs pass between two grids.
        count: how many samples a grid shows.
        seed: of the latents.
        value_range: the range of the data's values, or None to take it from the samples.
        given: the conditions of the samples; empty for a model that is told none.
    """

    def __init__(
        self,
        vae: VAE,
        folder: Path,
        *,
        every: int,
        count: int,
        seed: int,
        value_range: tuple[float, float] | None,
        given: Given = NO_CONDITIONS,
    ) -> None:
        super().__init__()
        self._vae = vae
        self._folder = folder
        self._every = every
        self._count = count
        self._seed = seed
        self._value_range = value_range
        self._given = given

    def on_epoch_end(self, epoch_index: int, logs: dict[str, float]) -> None:
        """Writes the grid of an epoch, if one is due."""
        epoch = epoch_index + 1
        if epoch % self._every == 0:
            if self._given:
                samples = self._vae.sample(self._count, self._seed, given=self._given)
            else:
                samples = self._vae.sample(self._count, self._seed)
            path = self._folder / f"epoch-{epoch:04d}.png"
            write_grid(samples, path, value_range=self._value_range)
