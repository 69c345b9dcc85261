"""The augmentations of a training step, with random numbers of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

import attrs
import keras

from vaereg.assembly.passes import as_float32
from vaereg.assembly.seeded import seed_of
from vaereg.contracts.augmentation import Augmentation
from vaereg.contracts.tensor import Tensor


@attrs.frozen(eq=False)
class Augmenting:
    """Augmentations one after the other.

    Each draws from its own generator, whose seed follows from the run's seed and its name. So a
    model draws the same noise with and without augmentations, and the draws of one do not depend on
    the others.

    Args:
        augmentations: by name.
        seeds: their generators by the same names; the model must track these, since their states
            belong to a checkpoint.
    """

    augmentations: Mapping[str, Augmentation] = attrs.field(factory=dict)
    seeds: Mapping[str, keras.random.SeedGenerator] = attrs.field(factory=dict)

    @classmethod
    def of(cls, augmentations: Mapping[str, Augmentation], run_seed: int) -> Self:
        """The augmentations of a run."""
        seeds = {
            name: keras.random.SeedGenerator(seed_of(run_seed, f"{name}/draws"), name=name)
            for name in augmentations
        }
        return cls(augmentations, seeds)

    def __bool__(self) -> bool:
        return bool(self.augmentations)

    def __call__(self, values: Tensor) -> Tensor:
        """The values (B, ...) in float32, after all augmentations."""
        for name, augmentation in self.augmentations.items():
            values = as_float32(augmentation(values, self.seeds[name]))
        return values
