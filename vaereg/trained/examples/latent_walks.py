"""Walks through the latents of a trained model: between two examples, and along each dimension."""

from __future__ import annotations

import attrs
import numpy as np
from numpy.typing import ArrayLike

from vaereg.contracts.conditions import NO_CONDITIONS, Given, keyword
from vaereg.errors import DataError, UsageError
from vaereg.trained.model_with_data import ModelWithData
from vaereg.trained.units import MODEL, check_units
from vaereg.trained.whole_number import whole_number

DRAWS = 1000
"""How many latents of the prior give the place and the scale of a traversal."""


@attrs.frozen(kw_only=True, eq=False)
class Traversal:
    """Examples along single latent dimensions.

    Args:
        examples: (dimensions, steps, *data).
        latents: (dimensions, steps, *latent) that were decoded.
        dimensions: (dimensions,) which they are, in a latent as one vector, from 0; those that
            change the examples most stand first.
    """

    examples: np.ndarray
    latents: np.ndarray
    dimensions: np.ndarray


class LatentWalks(ModelWithData):
    """The part of a trained model that walks through its latents; see `ModelWithData`."""

    def interpolate(
        self,
        a: ArrayLike,
        b: ArrayLike,
        steps: int = 8,
        units: str = MODEL,
        given: Given | None = None,
        seed: int = 0,
    ) -> np.ndarray:
        """Examples on the way from a to b, (steps, *data): decoded at equal steps between the modes
        of their posteriors. The first and the last are the reconstructions of a and b.

        Args:
            a, b: one example each, (*data).
            steps: how many, at least 2.
            units: of a, b and the result: "model" or "original".
            given: conditions for all steps; without them, those of a, if `examples` gave it.
            seed: of the draws, if the likelihood shows draws.

        Raises:
            DataError: for a shape, dtype or value that the model does not take.
        """
        steps = whole_number("steps", steps, 2)
        ends = [self._take(each, units)[0] for each in (a, b)]
        if any(len(each) != 1 for each in ends):
            raise DataError("interpolate takes two single examples; got a batch of several")
        told = self._given(given, ends[0])
        start, end = (self._vae.encode(each, **keyword(told)).mode[0] for each in ends)
        share = np.linspace(0, 1, steps, dtype=np.float32).reshape(-1, *[1] * start.ndim)
        latents = (1 - share) * start + share * end
        return self._give(self._vae.decode(latents, _for_all(told), seed), units)

    def traverse(
        self,
        steps: int = 7,
        width: float = 3.0,
        most: int = 16,
        at: ArrayLike | None = None,
        units: str = MODEL,
        given: Given | None = None,
        seed: int = 0,
    ) -> Traversal:
        """Examples along each latent dimension, while all others stay where they are.

        Args:
            steps: how many along each dimension, at least 2.
            width: how far they go to both sides, in standard deviations of the prior.
            most: how many dimensions; of more, those that change the examples most.
            at: the example from whose mode they start; None for the mean of the prior.
            units: of `at` and of the examples: "model" or "original".
            given: the conditions of all examples.
            seed: of the draws from the prior.

        Raises:
            DataError: for an `at` that the model does not take.
            UsageError: for a width that is not positive.
        """
        check_units(units)
        steps, most = whole_number("steps", steps, 2), whole_number("most", most, 1)
        if not (np.isfinite(width) and width > 0):
            raise UsageError(f"width is a number above 0; got {width!r}")
        told: Given = NO_CONDITIONS if given is None else given
        drawn = self._vae.draw_prior(DRAWS, seed, _for_all(told)).reshape(DRAWS, -1)
        base, scale = drawn.mean(axis=0), drawn.std(axis=0)
        if at is not None:
            batch = self._take(at, units)[0]
            told = self._given(given, batch)
            base = self._vae.encode(batch[:1], **keyword(told)).mode[0].reshape(-1)
        count = len(base)
        sides = np.stack([base + scale * np.eye(count), base - scale * np.eye(count)])
        ahead, behind = (self._decoded(each, told, seed) for each in sides)
        change = np.abs(ahead - behind).reshape(count, -1).mean(axis=1)
        chosen = np.argsort(-change, kind="stable")[:most]
        offsets = np.linspace(-width, width, steps)[None, :, None] * scale
        latents = base + offsets * np.eye(count)[chosen][:, None]
        flat = self._decoded(latents.reshape(-1, count), told, seed)
        shown = self._give(flat, units)
        return Traversal(
            examples=shown.reshape(len(chosen), steps, *self.spec.shape),
            latents=latents.reshape(len(chosen), steps, *self.latent_shape).astype(np.float32),
            dimensions=chosen,
        )

    def _decoded(self, latents: np.ndarray, told: Given, seed: int) -> np.ndarray:
        shaped = latents.reshape(-1, *self.latent_shape).astype(np.float32)
        return self._vae.decode(shaped, _for_all(told), seed)


def _for_all(told: Given) -> Given:
    """The conditions of one example for many: a value that stands alone is one for all."""
    return {
        name: values[0] if np.ndim(values) and len(values) == 1 else values
        for name, values in told.items()
    } or NO_CONDITIONS
