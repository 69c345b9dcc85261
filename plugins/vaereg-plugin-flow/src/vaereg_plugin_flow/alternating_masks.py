"""Which values of a latent each coupling keeps."""

from __future__ import annotations

import numpy as np


def alternating_masks(layers: int, size: int) -> list[np.ndarray]:
    """A mask (size,) float32 for each coupling: 1 for kept values, 0 for moved values.

    Couplings come in pairs that keep one half of the values and then the other (Dinh et al. 2017,
    arXiv:1605.08803, section 3.5). From pair to pair the values are reordered like a riffle
    shuffle, which interleaves the halves: within log2(size) pairs, rounded up, any two values are
    in different halves at least once, so one depends on the other directly. With fixed halves, two
    values of one half never would.

    The masks are not random: random masks would have to be stored with the weights, or a loaded
    model would differ from the saved one.
    """
    half = (size + 1) // 2
    order = np.arange(size)
    masks = []
    for index in range(layers):
        mask = np.zeros(size, np.float32)
        mask[order[:half]] = 1.0
        if index % 2:
            mask = 1.0 - mask
            order = _shuffled(order)
        masks.append(mask)
    return masks


def _shuffled(order: np.ndarray) -> np.ndarray:
    """Both halves interleaved: 0 1 2 3 4 5 becomes 0 3 1 4 2 5."""
    half = (len(order) + 1) // 2
    shuffled = np.empty_like(order)
    shuffled[0::2], shuffled[1::2] = order[:half], order[half:]
    return shuffled
