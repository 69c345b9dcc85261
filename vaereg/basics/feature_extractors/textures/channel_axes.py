"""Brightness and opponent colours of images with any number of channels."""

from __future__ import annotations

from functools import lru_cache

import numpy as np


def channel_axes(images: np.ndarray) -> list[np.ndarray]:
    """Planes (n, height, width): the mean of the channels, then their contrasts.

    The axes are those of a discrete cosine transform over the channels. For colour images they are
    (R + G + B) / 3, (R - B) / 2 and (R - 2 G + B) / 4.

    Args:
        images: (n, height, width, channels).

    Source: Ohta, Kanade and Sakai 1980, who found these three axes to be nearly uncorrelated.
    """
    planes = []
    for weights in _weights(images.shape[-1]):
        plane = images[..., 0] * weights[0]
        for channel in range(1, len(weights)):
            if weights[channel]:
                plane += images[..., channel] * weights[channel]
        planes.append(plane)
    return planes


@lru_cache(maxsize=8)
def _weights(channels: int) -> np.ndarray:
    """(axes, channels), float32; the positive weights of a contrast sum to 1/2 at most."""
    order, place = np.mgrid[:channels, :channels]
    rows = np.round(np.cos(np.pi * (place + 0.5) * order / channels), 12)
    sums = np.abs(rows).sum(axis=1, keepdims=True)
    weights: np.ndarray = (rows / sums).astype(np.float32)
    return weights
