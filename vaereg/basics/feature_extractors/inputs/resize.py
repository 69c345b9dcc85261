"""Resizing images by matrix products, the same on every backend."""

from __future__ import annotations

from functools import lru_cache

import numpy as np


def resize(images: np.ndarray, side: int, kernel: str, antialias: bool) -> np.ndarray:
    """Resizes images (n, height, width, channels) to (n, side, side, channels), float32.

    The two axes are resized separately, as in Pillow and PyTorch: pixel i is centred at i + 1/2,
    and weights of pixels beyond the border are redistributed over those inside. "bicubic" with
    antialiasing equals Pillow's BICUBIC on floats (a = -1/2) and may overshoot the range of the
    input. "bilinear" without antialiasing equals PyTorch's `interpolate(mode="bilinear",
    align_corners=False)`.

    Args:
        images: the images, of any real type.
        side: the height and width of the result, in pixels.
        kernel: "bilinear" or "bicubic".
        antialias: whether to widen the kernel when images shrink.
    """
    rows = resize_matrix(images.shape[1], side, kernel, antialias)  # (side, height)
    columns = resize_matrix(images.shape[2], side, kernel, antialias)  # (side, width)
    n, height, width, channels = images.shape
    values = images.astype(np.float32, copy=False).transpose(0, 3, 1, 2)
    values = values.reshape(n * channels, height, width)
    resized = np.matmul(np.matmul(rows, values), columns.T)
    return np.ascontiguousarray(resized.reshape(n, channels, side, side).transpose(0, 2, 3, 1))


@lru_cache(maxsize=32)
def resize_matrix(given: int, wanted: int, kernel: str, antialias: bool) -> np.ndarray:
    """The matrix (wanted, given), float32, that turns `given` pixels into `wanted` pixels.

    Each row sums to 1: a new pixel is a weighted mean of the given ones.
    """
    function, reach = KERNELS[kernel]
    scale = given / wanted
    widened = max(scale, 1.0) if antialias else 1.0
    centres = (np.arange(wanted) + 0.5) * scale - 0.5
    distance = np.arange(given)[None, :] - centres[:, None]
    if kernel == "bilinear" and not antialias:
        distance = np.arange(given)[None, :] - np.clip(centres, 0, given - 1)[:, None]
    weights = np.where(
        np.abs(distance) < reach * widened, function(np.abs(distance) / widened), 0.0
    )
    matrix: np.ndarray = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    return matrix


def _triangle(distance: np.ndarray) -> np.ndarray:
    return 1 - distance


def _keys(distance: np.ndarray) -> np.ndarray:
    """Keys's cubic convolution with a = -1/2, which Pillow and antialiased PyTorch use."""
    near: np.ndarray = (1.5 * distance - 2.5) * distance**2 + 1
    far = ((-0.5 * distance + 2.5) * distance - 4) * distance + 2
    return np.where(distance < 1, near, far)


KERNELS = {"bilinear": (_triangle, 1.0), "bicubic": (_keys, 2.0)}
