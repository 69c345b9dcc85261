"""How near images are to training images, however these were altered a little."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

LEAST_SIDE = 8
"""Smaller images have too little detail to tell an altered copy from another image."""

LEAST_CONTRAST = 0.25
"""Images of less contrast, as a share of the median of training images, are too plain to tell."""

ROUNDING = 0.5 / 255
"""The contrast that rounding to 8 bits may give to images without any."""

FEW_VALUES = 128
"""Candidates are searched among this many averages of an image at most."""

BLOCK = 1 << 22
"""The number of values, or of pairs, to compute at once."""


class AlteredCopies:
    """Finds distances that brightness, contrast, faint noise and slight blur hardly change.

    Images are smoothed, halved in size, and brought to a mean of 0 and a standard deviation of 1.
    Of an image, its mirror image, and both moved by one pixel in eight directions, the smallest
    distance to a training image counts. For each of these 18 the nearest training image is found
    among averages over larger squares, and its distance is then measured in the finer ones. So the
    distance is never too small, and that of an altered copy is small.

    Args:
        train: (m, height, width, channels) the training images.
    """

    def __init__(self, train: np.ndarray) -> None:
        soft = _soft(train)
        contrast = _contrast(soft)
        self._least = max(ROUNDING, LEAST_CONTRAST * float(np.median(contrast)))
        soft = soft[contrast > self._least]
        self._fine = _standardized(soft)
        self._coarse = _standardized(_averages(soft))

    @staticmethod
    def fits(shape: tuple[int, ...]) -> bool:
        """Whether images of a shape (height, width, channels) are large enough."""
        return min(shape[:2]) >= LEAST_SIDE

    def distances(self, images: np.ndarray) -> np.ndarray:
        """The distance (n,) of each image; infinite for images that are too plain.

        Args:
            images: (n, height, width, channels).
        """
        smallest = np.full(len(images), np.inf)
        telling = np.flatnonzero(_contrast(_soft(images)) > self._least)
        if not len(telling) or not len(self._fine):
            return smallest
        for soft in _variants(np.asarray(images)[telling]):
            fine, nearest = _standardized(soft), self._nearest(_standardized(_averages(soft)))
            apart = np.sqrt(np.square(fine - self._fine[nearest]).mean(axis=1, dtype=np.float64))
            smallest[telling] = np.minimum(smallest[telling], apart)
        return smallest

    def _nearest(self, queries: np.ndarray) -> np.ndarray:
        """The position (n,) of the training image nearest to each query (n, d)."""
        squares = np.square(self._coarse).sum(axis=1)
        found = np.empty(len(queries), np.int64)
        step = max(1, BLOCK // len(self._coarse))
        for start in range(0, len(queries), step):
            products = queries[start : start + step] @ self._coarse.T
            found[start : start + step] = np.argmin(squares - 2.0 * products, axis=1)
        return found


def _variants(images: np.ndarray) -> Iterator[np.ndarray]:
    """As `_soft`, of the images and of their mirror images, each moved by up to one pixel."""
    height, width = (side // 2 * 2 for side in images.shape[1:3])
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="edge")
    smooth = _smooth(padded)
    for each in (smooth, smooth[:, :, ::-1]):
        for y in range(3):
            for x in range(3):
                yield _halved(each[:, y : y + height, x : x + width])


def _soft(images: np.ndarray) -> np.ndarray:
    """Images (n, height // 2, width // 2, channels) without the finest details, float32."""
    return _halved(_smooth(images))


def _smooth(images: np.ndarray) -> np.ndarray:
    """Images after a Gaussian of about one pixel, float32."""
    found = np.empty(images.shape, np.float32)
    step = max(1, BLOCK // math.prod(images.shape[1:]))
    for start in range(0, len(images), step):
        values = np.asarray(images[start : start + step], np.float32)
        for axis in (1, 2, 1, 2):
            values = _smoothed(values, axis)
        found[start : start + step] = values
    return found


def _smoothed(values: np.ndarray, axis: int) -> np.ndarray:
    """Values averaged with their neighbours along an axis, with weights 1, 2, 1."""
    ends = [(int(each == axis), int(each == axis)) for each in range(values.ndim)]
    padded = np.moveaxis(np.pad(values, ends, mode="edge"), axis, 0)
    mixed = 0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:]
    return np.moveaxis(mixed, 0, axis)


def _halved(values: np.ndarray) -> np.ndarray:
    """The averages of squares of 2 x 2; a last row or column without a neighbour is left out."""
    n, height, width, channels = values.shape
    rows, columns = height // 2, width // 2
    squares = values[:, : 2 * rows, : 2 * columns].reshape(n, rows, 2, columns, 2, channels)
    averages: np.ndarray = squares.mean(axis=(2, 4))
    return averages


def _averages(soft: np.ndarray) -> np.ndarray:
    """Averages over squares so large that an image has few of them."""
    while math.prod(soft.shape[1:]) > FEW_VALUES and min(soft.shape[1:3]) >= LEAST_SIDE:
        soft = _halved(soft)
    return soft


def _contrast(soft: np.ndarray) -> np.ndarray:
    """The standard deviation (n,) of each image."""
    deviations: np.ndarray = soft.reshape(len(soft), -1).std(axis=1)
    return deviations


def _standardized(soft: np.ndarray) -> np.ndarray:
    """Images as rows with a mean of 0 and a standard deviation of 1."""
    flat = soft.reshape(len(soft), math.prod(soft.shape[1:]))
    flat = flat - flat.mean(axis=1, keepdims=True)
    deviations = np.maximum(flat.std(axis=1, keepdims=True), np.finfo(np.float32).tiny)
    standardized: np.ndarray = flat / deviations
    return standardized
