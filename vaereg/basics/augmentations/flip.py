"""Images seen in a mirror."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keras import ops

import vaereg
from vaereg.basics.augmentations.draws import for_each, image_shape, uniform

if TYPE_CHECKING:
    from vaereg.basics.augmentations.declared import FlipParams


class Flip:
    """Flips each image (H, W, C) with a probability, left to right or upside down.

    Raises:
        ValueError: if the data are no images.
    """

    def __init__(self, params: FlipParams, context: vaereg.BuildContext) -> None:
        image_shape(context)
        self.probability = params.probability
        self.axis = 2 if params.direction == "horizontal" else 1

    def __call__(self, values: vaereg.Tensor, seed: vaereg.Seed) -> vaereg.Tensor:
        (drawn,) = uniform(values, 1, seed)
        flips = for_each(drawn < self.probability, values)
        return ops.where(flips, ops.flip(values, axis=self.axis), values)
