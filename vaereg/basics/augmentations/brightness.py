"""Images that are brighter or darker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keras import ops

import vaereg
from vaereg.basics.augmentations.draws import for_each, image_shape, uniform

if TYPE_CHECKING:
    from vaereg.basics.augmentations.declared import BrightnessParams


class Brightness:
    """Adds one number to all values of an image, uniform in [-most, most] of the data's range.

    Values are clipped to the range of the data (DiffAugment, Zhao et al. 2020, arXiv:2006.10738,
    brightness).

    Raises:
        ValueError: if the data are no images, or have no range.
    """

    def __init__(self, params: BrightnessParams, context: vaereg.BuildContext) -> None:
        image_shape(context)
        if context.data_spec.value_range is None:
            raise ValueError(
                "it needs images with a range, of which `most` is a share; this data has no "
                "value_range"
            )
        self.low, self.high = context.data_spec.value_range
        self.most = params.most * (self.high - self.low)

    def __call__(self, values: vaereg.Tensor, seed: vaereg.Seed) -> vaereg.Tensor:
        (drawn,) = uniform(values, 1, seed)
        added = for_each((2.0 * drawn - 1.0) * self.most, values)
        return ops.clip(values + added, self.low, self.high)
