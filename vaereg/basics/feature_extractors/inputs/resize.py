"""Resizing images by matrix products, the same on every backend."""

from __future__ import annotations

from functools import lru_cache

import numpy as np


def resize(images: np.ndarray, side: int, kernel: str, antialias: bool) -> np.ndarray:
    """Images (n, height, width, channels) resized to (n, side, side, channels), float32.

    Both axes are resized on their own, as Pillow and PyTorch do: pixel centres lie at half
    numbers, and weights beyond the border are given to the rest. `bicubic` with antialias is
    Pillow's BICUBIC on floats (a = -1/2) and may overshoot the range of the input; `bilinear`
    without it is PyTorch's `interpolate(mode="bilinear", align_corners=False)`.
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
    """(wanted, given) float32 whose rows sum to 1: each wanted pixel as a mean of given ones."""
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
