"""Trains samplers of finished runs; `vaereg.trained` may not import `vaereg.training`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vaereg.trained.samplers import SamplerToTrain


def train_sampler(task: SamplerToTrain) -> None:
    """Trains a sampler of a run that is finished; see `vaereg.training.samplers.train_sampler`."""
    from vaereg.training.samplers import train_sampler as training  # imports keras

    training.train_sampler(task)
