"""The built parts of a model."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import attrs

from vaereg.assembly.build_component import HeldPart
from vaereg.contracts.augmentation import Augmentation
from vaereg.contracts.conditions import Condition
from vaereg.contracts.data import DataSpec
from vaereg.contracts.decoder import Decoder
from vaereg.contracts.discriminator import Discriminator
from vaereg.contracts.encoder import Encoder
from vaereg.contracts.latent_groups import LatentGroups
from vaereg.contracts.likelihood import Likelihood
from vaereg.contracts.objective import Objective
from vaereg.contracts.posterior import Posterior
from vaereg.contracts.prior import Prior
from vaereg.contracts.regularizer import Regularizer


@attrs.frozen(kw_only=True, eq=False)
class Parts:
    """One object per slot, each with the contract of its kind.

    Args:
        data_spec: the specification of the data.
        latent: the groups of a latent.
        regularizers, discriminators: by the key they are declared under.
        told: the conditions that a part is told, by the key of its slot; others are told nothing.
        held: the parts that these hold.
        augment, latent_augment: the augmentations of training batches and of latents, by key.
    """

    data_spec: DataSpec
    latent: LatentGroups
    encoder: Encoder
    posterior: Posterior
    prior: Prior
    decoder: Decoder
    likelihood: Likelihood
    objective: Objective
    regularizers: dict[str, Regularizer]
    discriminators: dict[str, Discriminator]
    held: tuple[HeldPart, ...] = ()
    told: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    augment: Mapping[str, Augmentation] = attrs.field(factory=dict)
    latent_augment: Mapping[str, Augmentation] = attrs.field(factory=dict)

    @property
    def latent_shape(self) -> tuple[int, ...]:
        """The shape of one latent, without the batch axis."""
        return self.latent.shape

    @property
    def asked(self) -> frozenset[str]:
        """The names of all conditions that any part is told."""
        return frozenset(name for names in self.told.values() for name in names)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions that a step needs, in the order of the data."""
        return self.data_spec.conditions(self.asked)

    def named(self) -> Mapping[str, object]:
        """All parts by name, as `context.parts` has them."""
        return MappingProxyType(
            {
                "likelihood": self.likelihood,
                "encoder": self.encoder,
                "posterior": self.posterior,
                "decoder": self.decoder,
                "prior": self.prior,
                "objective": self.objective,
                **self.regularizers,
                **self.discriminators,
            }
        )
