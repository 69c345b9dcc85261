"""The groups of a latent: named parts of the one array z."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from vaereg.contracts.tensor import Tensor


class LatentGroups(Protocol):
    """Takes latents apart into their groups, and puts them together.

    A latent of one group has that group's shape. A latent of several groups is a vector, their
    values one after another, so that every part that accepts a vector works with it. Whoever knows
    of the groups takes them apart with `split`.

    Attributes:
        groups: the name and the shape of each group, in their order in z.
        names: the names alone. The only group of `latent = 16` is called "z".
        shape: the shape of one latent z, without the batch axis.
    """

    @property
    def groups(self) -> tuple[tuple[str, tuple[int, ...]], ...]: ...

    @property
    def names(self) -> tuple[str, ...]: ...

    @property
    def shape(self) -> tuple[int, ...]: ...

    def split(self, z: Tensor) -> dict[str, Tensor]:
        """The groups of latents z (B, *latent), each (B, *group), by name; numpy stays numpy."""
        ...

    def join(self, parts: Mapping[str, Tensor]) -> Tensor:
        """The latents z (B, *latent) with these groups (B, *group); undoes `split`.

        Raises:
            ValueError: if a group is missing or unknown.
        """
        ...

    def sums(self, values: Tensor) -> Tensor:
        """The sum of the values of each group, (B, groups), such as a KL divergence by dimension.

        Args:
            values: one value for each value of z, (B, *latent).
        """
        ...
