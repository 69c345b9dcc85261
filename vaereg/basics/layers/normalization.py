"""Normalizations of features by name."""

from __future__ import annotations

import keras

LEAST_CHANNELS = 4
"""The fewest channels of a group: one channel at a single position would be normalized to 0."""

MOST_GROUPS = 8


def normalization(kind: str, channels: int, name: str) -> list[keras.layers.Layer]:
    """The layer for `kind`, in a list, or an empty list for "none".

    - "batch": each channel over the batch (arXiv:1502.03167); training and inference differ.
    - "layer": the channels of each position (arXiv:1607.06450).
    - "group": groups of channels over all positions (arXiv:1803.08494).

    Args:
        kind: "none", "batch", "layer" or "group".
        channels: the length of the last axis.
        name: the layer's name.
    """
    if kind == "none":
        return []
    if kind == "batch":
        return [keras.layers.BatchNormalization(axis=-1, momentum=0.9, name=name)]
    if kind == "layer":
        return [keras.layers.LayerNormalization(axis=-1, epsilon=1e-5, name=name)]
    return [keras.layers.GroupNormalization(groups_of(channels), axis=-1, epsilon=1e-5, name=name)]


def groups_of(channels: int) -> int:
    """The largest number of equal groups, up to 8, that have at least 4 channels each (or 1)."""
    most = max(1, min(MOST_GROUPS, channels // LEAST_CHANNELS))
    return max(count for count in range(1, most + 1) if channels % count == 0)
