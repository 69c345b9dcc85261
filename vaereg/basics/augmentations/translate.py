"""Images moved by whole pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keras import ops

import vaereg
from vaereg.basics.augmentations.draws import along, image_shape, lowest, taken, uniform

if TYPE_CHECKING:
    from vaereg.basics.augmentations.declared import TranslateParams


class Translate:
    """Moves each image (H, W, C) by whole pixels in both directions.

    What comes in from outside has the lowest value of the data (DiffAugment, Zhao et al. 2020,
    arXiv:2006.10738, translation).

    Raises:
        ValueError: if the data are no images, or would be moved by less than half a pixel.
    """

    def __init__(self, params: TranslateParams, context: vaereg.BuildContext) -> None:
        self.height, self.width, _ = image_shape(context)
        self.outside = lowest(context)
        self.share = params.most
        if not (self._most(self.height) or self._most(self.width)):
            longest = max(self.height, self.width)
            raise ValueError(
                f"most = {self.share} of an image of {self.height} x {self.width} is less than "
                f"half a pixel; most must be at least {0.5 / longest:.3g}"
            )

    def __call__(self, values: vaereg.Tensor, seed: vaereg.Seed) -> vaereg.Tensor:
        down, right = uniform(values, 2, seed)
        rows = self._moved(values, down, self.height, axis=1)
        return self._moved(rows, right, self.width, axis=2)

    def _most(self, length: int) -> int:
        return int(self.share * length + 0.5)

    def _moved(
        self, images: vaereg.Tensor, drawn: vaereg.Tensor, length: int, axis: int
    ) -> vaereg.Tensor:
        most = self._most(length)
        by = ops.floor(drawn * (2 * most + 1)) - most
        sources = ops.arange(length, dtype="float32")[None, :] - by[:, None]
        inside = along(ops.logical_and(sources >= 0, sources < length), axis)
        moved = taken(images, ops.clip(sources, 0, length - 1), axis)
        return ops.where(inside, moved, ops.full_like(moved, self.outside))
