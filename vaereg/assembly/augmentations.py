"""Builds the augmentations of a declared model, and tries each on artificial values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import attrs

from vaereg.assembly.blame import blaming
from vaereg.assembly.build_component import HeldPart, PartBuilder, build_component, part_context
from vaereg.assembly.seeded import seed_of, seeded
from vaereg.contracts.augmentation import Augmentation
from vaereg.contracts.data import DataSpec
from vaereg.contracts.slot import Slot
from vaereg.contracts.tensor import Tensor
from vaereg.declaration.declaration import Declaration
from vaereg.errors import ContractError


@attrs.frozen(kw_only=True, eq=False)
class AugmentationBuilder:
    """Builds augmentations, each with a context of its own.

    Args:
        declaration: the model.
        data: the specification of its data.
        held: receives the parts that augmentations hold.
    """

    declaration: Declaration
    data: DataSpec
    held: list[HeldPart]

    def of_data(self, values: Tensor) -> dict[str, Augmentation]:
        """The augmentations of training batches by name, tried on examples (B, *data)."""
        slots = self.declaration.data_slot.augment
        return self._built(slots, "augment", values, {}, of_latents=False)

    def of_latents(self, z: Tensor, parts: Mapping[str, object]) -> dict[str, Augmentation]:
        """The augmentations of latents by name, tried on latents (B, *latent).

        Args:
            z: the latents.
            parts: the parts built so far.
        """
        slots = self.declaration.latent_augment
        return self._built(slots, "latent_augment", z, parts, of_latents=True)

    def _built(
        self,
        slots: Sequence[Slot],
        key: str,
        values: Tensor,
        parts: Mapping[str, object],
        *,
        of_latents: bool,
    ) -> dict[str, Augmentation]:
        built: dict[str, Augmentation] = {}
        for slot in slots:
            name = f"{key}_{slot.key}"
            known = MappingProxyType({**parts})
            context = part_context(self.declaration, name, self.data, parts=known)
            if not of_latents:
                context = attrs.evolve(context, latent_shape=(), latent=None)
            builder = PartBuilder(slot.offer.label, context, self.held)
            context = attrs.evolve(context, build=builder)
            built[name] = build_component(slot, context, Augmentation)
            seed = seed_of(self.declaration.train.seed, f"{name}/call")
            with seeded(seed), blaming(slot, "cannot be used"):
                found = built[name](values, 0)
            _check(slot, built[name], values, found)
        return built


def _check(slot: Slot, augmentation: Augmentation, values: Tensor, found: Tensor) -> None:
    """Refuses an augmentation that changes the shape, or that has weights to train."""
    due = tuple(values.shape)
    shape = tuple(found.shape) if hasattr(found, "shape") else None
    if shape != due:
        came = f"shape {shape}" if shape is not None else repr(found)[:80]
        raise ContractError(
            f"{slot.offer.label} breaks its contract: for values of shape {due} it must return "
            f"values of this shape; got {came}."
        )
    weights = list(getattr(augmentation, "trainable_variables", ()))
    if weights:
        raise ContractError(
            f"{slot.offer.label} breaks its contract: nothing trains the weights of an "
            f"augmentation; it has {len(weights)} that can be trained, such as {weights[0].path}."
        )
