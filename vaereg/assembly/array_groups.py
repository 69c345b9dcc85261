"""Takes latents apart into their groups; implements `vaereg.contracts.latent_groups`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import accumulate

import numpy as np

from vaereg.contracts.latent_shapes import LatentShapes
from vaereg.contracts.tensor import Tensor


class ArrayGroups(LatentShapes):
    """The groups of a latent, and the arrays of each."""

    def split(self, z: Tensor) -> dict[str, Tensor]:
        """The groups of latents z (B, *latent), each (B, *group), by name."""
        if len(self.groups) == 1:
            return {self.groups[0][0]: z}
        ends = list(accumulate(math.prod(shape) for _, shape in self.groups))
        starts = [0, *ends[:-1]]
        return {
            name: _reshaped(z[:, start:end], (-1, *shape))
            for (name, shape), start, end in zip(self.groups, starts, ends, strict=True)
        }

    def join(self, parts: Mapping[str, Tensor]) -> Tensor:
        """The latents z (B, *latent) with these groups."""
        if set(parts) != set(self.names):
            raise ValueError(
                f"the groups of this latent are {', '.join(self.names)}; got {', '.join(parts)}"
            )
        if len(self.groups) == 1:
            return parts[self.groups[0][0]]
        flat = [_reshaped(parts[name], (-1, math.prod(shape))) for name, shape in self.groups]
        return _concatenated(flat)

    def sums(self, values: Tensor) -> Tensor:
        """The sum of the values of each group, (B, groups)."""
        from keras import ops  # not above: a run is opened before its backend is chosen

        parts = self.split(values).values()
        return ops.stack(
            [ops.sum(part, axis=tuple(range(1, len(part.shape)))) for part in parts], axis=1
        )


def _is_numpy(value: Tensor) -> bool:
    return isinstance(value, np.ndarray)


def _reshaped(value: Tensor, shape: tuple[int, ...]) -> Tensor:
    if _is_numpy(value):
        return value.reshape(shape)
    from keras import ops

    return ops.reshape(value, shape)


def _concatenated(values: list[Tensor]) -> Tensor:
    if all(_is_numpy(value) for value in values):
        return np.concatenate(values, axis=1)
    from keras import ops

    return ops.concatenate(values, axis=1)
