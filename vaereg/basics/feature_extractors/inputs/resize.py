"""Resizing images by matrix products, the same on every backend."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

LARGEST_PRODUCT = 1 << 18
"""The multiplications up to which OpenBLAS computes a product on one thread."""


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
    resized = np.empty((len(images), side, side, images.shape[3]), np.float32)
    for channel in range(images.shape[3]):
        plane = np.ascontiguousarray(images[..., channel], np.float32)
        resized[..., channel] = _products(_products(rows, plane), columns.T)
    return resized


def _products(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The product of two matrices, of which one may be a stack, computed in small parts.

    BLAS divides a larger product among all processors, which costs more than it saves, and many
    times more if other threads use the processors.
    """
    step = max(1, LARGEST_PRODUCT // (left.shape[-1] * right.shape[-1]))
    parts = [left[..., i : i + step, :] @ right for i in range(0, left.shape[-2], step)]
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-2)


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
