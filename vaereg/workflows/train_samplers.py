"""Trains samplers of finished runs; `vaereg.trained` may not import `vaereg.training`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from vaereg.contracts.data import Data
    from vaereg.declaration.declaration import Declaration, Slot
    from vaereg.host.progress import Progress
    from vaereg.model.samplers.learned_sampler import LearnedSampler
    from vaereg.model.vae import VAE
    from vaereg.runs.atomic import JsonObject


def train_sampler(
    sampler: LearnedSampler,
    vae: VAE,
    data: Data,
    declaration: Declaration,
    slot: Slot,
    *,
    seed: int,
    folder: Path | None,
    made_from: JsonObject,
    progress: Progress,
) -> None:
    """Trains a sampler of a run that is finished; see `vaereg.training.samplers.train_sampler`."""
    from vaereg.training.samplers import train_sampler as training  # imports keras

    training.train_sampler(
        sampler,
        vae,
        data,
        declaration,
        slot,
        seed=seed,
        folder=folder,
        made_from=made_from,
        progress=progress,
    )
