"""Defects of what an image shows: halves, parts and remains of other images."""

from __future__ import annotations

import numpy as np

from tests.battery.defects.images import Images, others, some


def mirror_halves(images: Images, share: float, rng: np.random.Generator) -> np.ndarray:
    """The right half of a share of the images is the mirror image of the left one."""
    made, chosen = images.base.copy(), some(rng, len(images.base), share)
    half = made.shape[2] // 2
    made[chosen, :, -half:] = made[chosen, :, :half][:, :, ::-1]
    return made


def cut_and_paste(images: Images, share: float, rng: np.random.Generator) -> np.ndarray:
    """A share of the images holds a rectangle, half as high and wide, of another one."""
    made, chosen = images.base.copy(), some(rng, len(images.base), share)
    height, width = made.shape[1] // 2, made.shape[2] // 2
    donors = others(rng, len(made))
    for each in chosen:
        y, from_y = rng.integers(0, made.shape[1] - height + 1, 2)
        x, from_x = rng.integers(0, made.shape[2] - width + 1, 2)
        part = images.base[donors[each], from_y : from_y + height, from_x : from_x + width]
        made[each, y : y + height, x : x + width] = part
    return made


def blends(images: Images, share: float, rng: np.random.Generator) -> np.ndarray:
    """A share of the images is the mean of two."""
    made, chosen = images.base.copy(), some(rng, len(images.base), share)
    donors = others(rng, len(made))
    made[chosen] = (images.base[chosen] + images.base[donors[chosen]]) / 2
    return made


def residue(images: Images, share: float, rng: np.random.Generator) -> np.ndarray:
    """A share of another image's brightness remains where the image itself is darker than that."""
    remains = images.base[others(rng, len(images.base))] * np.float32(share)
    return np.maximum(images.base, remains)
