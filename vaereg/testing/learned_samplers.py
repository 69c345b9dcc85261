"""Samplers that learn by steps, as the engine uses them, for the laws of samplers."""

from __future__ import annotations

from typing import Any

from vaereg.contracts.slot import Slot
from vaereg.model.samplers.learned_sampler import LearnedSampler, is_learned
from vaereg.testing.cases import Case
from vaereg.testing.component_under_test import ComponentUnderTest


def as_sampler(component: ComponentUnderTest, case: Case, made: Any) -> Any:  # of any kind
    """A sampler as the engine uses it: what learns by steps gets `state` and `restore`.

    Raises:
        ContractError, PluginError: if its loss breaks the contract, or fails.
    """
    slot = Slot(kind="sampler", key="sampler", offer=component.offer, params=component.params)
    if not is_learned(slot, made):
        return made
    return LearnedSampler(made, slot, case.latent_shape, 0, component.conditions)
