"""The epochs of a sampler: how many there are, and the latents of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs
import numpy as np

from vaereg.contracts.conditions import Condition
from vaereg.contracts.data import ArraySplit, Data
from vaereg.contracts.slot import SamplerTraining
from vaereg.training.samplers.encoded_latents import EncodedLatents

if TYPE_CHECKING:
    from vaereg.model.vae import VAE

MOST_EPOCHS = 50
"""How many epochs the steps of a sampler are divided into, at most."""


@attrs.frozen(eq=False)
class SamplerEpochs:
    """The latents of every epoch, drawn afresh from q(z given x), and those held out.

    An epoch of a sampler is a fiftieth of its steps: short enough to watch the loss, and long
    enough that validation and checkpoints cost little. It may pass over the examples several times,
    each time with other draws, or over some of them.

    Args:
        latents: the encoded training examples.
        chosen: the positions of those to train on.
        held_out: latents of other examples; None if there is only one example.
        told: the conditions that the sampler is told.
        batch_size: latents per step.
        epochs, steps_per_epoch: their product is the number of steps.
        seed: of the order of the examples.
    """

    latents: EncodedLatents
    chosen: np.ndarray
    held_out: ArraySplit | None
    told: tuple[Condition, ...]
    batch_size: int
    epochs: int
    steps_per_epoch: int
    seed: int

    @classmethod
    def of(
        cls,
        vae: VAE,
        data: Data,
        settings: SamplerTraining,
        seed: int,
        told: Sequence[Condition] = (),
    ) -> SamplerEpochs:
        """The epochs for a trained model.

        Args:
            vae: the trained model.
            data: its data; the validation split is held out, or else some training examples.
            settings: number of steps, batch size and share that is held out.
            seed: of everything random.
            told: the conditions that the sampler is told.
        """
        latents = EncodedLatents(vae, data.train, seed)
        chosen = np.random.default_rng(seed).permutation(len(latents))
        if data.validation is not None and len(data.validation):
            others = EncodedLatents(vae, data.validation, seed)
            held_out = others.split_of(np.arange(len(others)), 0, told)
        else:
            count = min(max(1, round(settings.held_out * len(chosen))), len(chosen) - 1)
            held_out = latents.split_of(chosen[:count], 0, told)
            chosen = chosen[count:]
        epochs, steps = divided(settings.steps)
        return cls(
            latents=latents,
            chosen=chosen,
            held_out=held_out if len(held_out) else None,
            told=tuple(told),
            batch_size=min(settings.batch_size, len(chosen)),
            epochs=epochs,
            steps_per_epoch=steps,
            seed=seed,
        )

    def of_epoch(self, index: int) -> ArraySplit:
        """The latents of an epoch, counted from 0: one for each place in its batches."""
        count = self.steps_per_epoch * self.batch_size
        rng = np.random.default_rng((self.seed, 1, index))
        passes = -(-count // len(self.chosen))
        order = np.concatenate([rng.permutation(self.chosen) for _ in range(passes)])[:count]
        return self.latents.split_of(order, 1 + index, self.told)


def divided(steps: int) -> tuple[int, int]:
    """How many epochs, and steps in each; together as few steps as possible, but at least these."""
    fewest = min(steps, MOST_EPOCHS)
    choices = range(fewest, (fewest + 1) // 2 - 1, -1)
    epochs = min(choices, key=lambda each: (-steps % each, -each))
    return epochs, -(-steps // epochs)
