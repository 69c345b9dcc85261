"""The built parts of a model."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from vaereg.contracts.conditions import Condition
from vaereg.contracts.data import DataSpec
from vaereg.contracts.decoder import Decoder
from vaereg.contracts.discriminator import Discriminator
from vaereg.contracts.encoder import Encoder
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
        latent_shape: the shape of one latent.
        regularizers, discriminators: by the key they are declared under.
        told: the conditions that a part is told, by the key of its slot; others are told nothing.
    """

    data_spec: DataSpec
    latent_shape: tuple[int, ...]
    encoder: Encoder
    posterior: Posterior
    prior: Prior
    decoder: Decoder
    likelihood: Likelihood
    objective: Objective
    regularizers: dict[str, Regularizer]
    discriminators: dict[str, Discriminator]
    told: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)

    @property
    def asked(self) -> frozenset[str]:
        """The names of all conditions that any part is told."""
        return frozenset(name for names in self.told.values() for name in names)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions that a step needs, in the order of the data."""
        return tuple(each for each in self.data_spec.given if each.name in self.asked)
