"""Grey 8-bit images with their classes."""

from __future__ import annotations

import attrs
import numpy as np


@attrs.frozen(eq=False)
class LabelledImages:
    """Images, uint8 (n, height, width), and their class numbers, uint8 (n,)."""

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.images)

    def at(self, positions: np.ndarray) -> LabelledImages:
        """The images and labels at `positions`, in that order."""
        return LabelledImages(self.images[positions], self.labels[positions])
