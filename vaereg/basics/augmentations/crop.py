"""Windows of images, enlarged to the whole size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keras import ops

import vaereg
from vaereg.basics.augmentations.draws import along, image_shape, taken, uniform

if TYPE_CHECKING:
    from vaereg.basics.augmentations.declared import CropParams


class Crop:
    """Cuts a window out of each image (H, W, C) and enlarges it bilinearly to the image's size.

    The window has the share s of the height and of the width, s uniform in [least, 1], and lies
    anywhere within the image with equal probability.

    Raises:
        ValueError: if the data are no images, or the smallest window is less than one pixel.
    """

    def __init__(self, params: CropParams, context: vaereg.BuildContext) -> None:
        self.height, self.width, _ = image_shape(context)
        self.least = params.least
        if self.least * max(self.height, self.width) < 1:
            raise ValueError(
                f"least = {self.least} of an image of {self.height} x {self.width} is less than "
                f"one pixel; least must be at least {1 / max(self.height, self.width):.3g}"
            )

    def __call__(self, values: vaereg.Tensor, seed: vaereg.Seed) -> vaereg.Tensor:
        size, top, left = uniform(values, 3, seed)
        share = self.least + (1.0 - self.least) * size
        rows = self._window(values, share, top, self.height, axis=1)
        return self._window(rows, share, left, self.width, axis=2)

    def _window(
        self,
        images: vaereg.Tensor,
        share: vaereg.Tensor,
        place: vaereg.Tensor,
        length: int,
        axis: int,
    ) -> vaereg.Tensor:
        """The window enlarged along one axis: each pixel lies between two of the image."""
        pixels = ops.arange(length, dtype="float32")
        start = place * (1.0 - share) * length
        sources = start[:, None] + (pixels[None, :] + 0.5) * share[:, None] - 0.5
        sources = ops.clip(sources, 0.0, length - 1.0)
        before = ops.floor(sources)
        after = ops.minimum(before + 1.0, length - 1.0)
        first, second = taken(images, before, axis), taken(images, after, axis)
        return first + along(sources - before, axis) * (second - first)
