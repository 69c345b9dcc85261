"""Samplers that learn by steps, as the engine uses them, for the laws of samplers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

import keras
import numpy as np

from vaereg.contracts.slot import Slot
from vaereg.declaration.declaration import NamedChoice, TrainSettings
from vaereg.model.samplers.learned_sampler import LearnedSampler, is_learned
from vaereg.model.samplers.sampler_model import SamplerModel
from vaereg.testing.cases import Case
from vaereg.testing.component_under_test import ComponentUnderTest

ADAM = NamedChoice(use="adam", params={"learning_rate": 2e-3})


def as_sampler(component: ComponentUnderTest, case: Case, made: Any) -> Any:  # of any kind
    """A sampler as the engine uses it: what learns by steps gets `state` and `restore`.

    Raises:
        ContractError, PluginError: if its loss breaks the contract, or fails.
    """
    slot = Slot(kind="sampler", key="sampler", offer=component.offer, params=component.params)
    if not is_learned(slot, made):
        return made
    return LearnedSampler(made, slot, case.latent_shape, 0, component.conditions)


def learns_by_steps(sampler: object) -> TypeGuard[LearnedSampler]:
    """Whether it is a sampler with a loss, as `as_sampler` gives it."""
    return isinstance(sampler, LearnedSampler) and callable(getattr(sampler.layer, "loss", None))


def train_sampler(
    sampler: LearnedSampler, latents: np.ndarray, given: Mapping[str, np.ndarray], *, steps: int
) -> None:
    """Trains a sampler for a few steps of Adam on the engine, on all latents at each step.

    TensorFlow runs the steps eagerly, because compiling would take longer than the steps.

    Args:
        sampler: with its first weights.
        latents: (n, *latent).
        given: the conditions of the latents, by name.
        steps: how many.
    """
    model = SamplerModel(sampler, TrainSettings(batch_size=len(latents), optimizer=ADAM))
    model.run_eagerly = keras.backend.backend() == "tensorflow"
    for _ in range(steps):
        model.train_on_batch(latents, dict(given) or None)
