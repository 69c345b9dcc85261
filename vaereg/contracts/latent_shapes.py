"""The names and shapes of the groups of a latent, as a declaration states them."""

from __future__ import annotations

import math
from typing import Self

from vaereg.frozen import frozen

ONE_GROUP = "z"
"""The name of the only group of a latent that is declared as a number or a shape."""


@frozen
class LatentShapes:
    """The groups of a latent, in their order in z.

    Args:
        groups: the name and the shape of each group.
    """

    groups: tuple[tuple[str, tuple[int, ...]], ...]

    @classmethod
    def one(cls, shape: tuple[int, ...]) -> Self:
        """A latent of one group."""
        return cls(((ONE_GROUP, tuple(shape)),))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the groups."""
        return tuple(name for name, _ in self.groups)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one latent z: that of its only group, or a vector of all their values."""
        if len(self.groups) == 1:
            return self.groups[0][1]
        return (sum(math.prod(shape) for _, shape in self.groups),)
