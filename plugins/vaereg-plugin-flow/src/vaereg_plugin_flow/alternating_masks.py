"""Which values of a latent each coupling keeps."""

from __future__ import annotations

import numpy as np


def alternating_masks(layers: int, size: int) -> list[np.ndarray]:
    """For each coupling a mask (size,) float32 of ones, what is kept, and zeros, what is moved.

    Couplings come in pairs that keep one half of the values and then the other (Dinh et al.
    2017, arXiv:1605.08803, section 3.5). From pair to pair the values are shuffled like a deck
    of cards, so that its halves interleave: within log2(size) pairs, rounded up, any two values
    stand in different halves once, and so speak to each other directly. In halves that stay as
    they are, two values of one half never do.

    Nothing is drawn at random: masks that changed with a seed would have to be kept among the
    weights, or a model that is loaded would not be the one that was saved.
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
