"""Images with a hole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keras import ops

import vaereg
from vaereg.basics.augmentations.draws import along, image_shape, uniform

if TYPE_CHECKING:
    from vaereg.basics.augmentations.declared import CutoutParams


class Cutout:
    """Fills a rectangle of each image (H, W, C), anywhere in it, with the middle of the range.

    The rectangle has a share of the height and of the width, and its centre is any pixel, so that
    it may reach beyond the border (DeVries & Taylor 2017, arXiv:1708.04552; DiffAugment, Zhao et
    al. 2020, arXiv:2006.10738).

    Raises:
        ValueError: if the data are no images, or the hole is less than half a pixel.
    """

    def __init__(self, params: CutoutParams, context: vaereg.BuildContext) -> None:
        self.height, self.width, _ = image_shape(context)
        low, high = context.data_spec.value_range or (0.0, 0.0)
        self.middle = 0.5 * (low + high)
        self.share = params.share
        if not (self._size(self.height) and self._size(self.width)):
            raise ValueError(
                f"share = {self.share} of an image of {self.height} x {self.width} is less than "
                f"half a pixel; share must be at least {0.5 / min(self.height, self.width):.3g}"
            )

    def __call__(self, values: vaereg.Tensor, seed: vaereg.Seed) -> vaereg.Tensor:
        row, column = uniform(values, 2, seed)
        rows = along(self._span(row, self.height), axis=1)
        columns = along(self._span(column, self.width), axis=2)
        inside = ops.logical_and(rows, columns)
        return ops.where(inside, ops.full_like(values, self.middle), values)

    def _size(self, length: int) -> int:
        return int(self.share * length + 0.5)

    def _span(self, drawn: vaereg.Tensor, length: int) -> vaereg.Tensor:
        """(B, length) whether a row or column belongs to the hole."""
        size = self._size(length)
        start = ops.floor(drawn * length) - size // 2
        places = ops.arange(length, dtype="float32")[None, :]
        return ops.logical_and(places >= start[:, None], places < start[:, None] + size)
