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


def upside_down(images: Images, share: float, rng: np.random.Generator) -> np.ndarray:
    """A share of the images stands on its head."""
    made, chosen = images.base.copy(), some(rng, len(images.base), share)
    made[chosen] = images.base[chosen, ::-1]
    return made


def inverted(images: Images, share: float, rng: np.random.Generator) -> np.ndarray:
    """A share of the images is a negative."""
    made, chosen = images.base.copy(), some(rng, len(images.base), share)
    made[chosen] = 1 - images.base[chosen]
    return made


def grey_squares(images: Images, share: float, rng: np.random.Generator) -> np.ndarray:
    """A share of the images has a grey square, a quarter as wide as the image."""
    made = images.base.copy()
    side = made.shape[1] // 4
    for each in some(rng, len(made), share):
        y, x = rng.integers(0, made.shape[1] - side + 1, 2)
        made[each, y : y + side, x : x + side] = 0.5
    return made


def mixed_neighbours(images: Images, share: float, rng: np.random.Generator) -> np.ndarray:
    """A share of the images is the mean of an image and of one of its nearest of the same kind."""
    made, flat = images.base.copy(), images.base.reshape(len(images.base), -1)
    for each in some(rng, len(made), share):
        own = np.flatnonzero(images.base_kinds == images.base_kinds[each])
        near = own[np.linalg.norm(flat[own] - flat[each], axis=1).argsort()[1:6]]
        made[each] = (images.base[each] + images.base[rng.choice(near)]) / 2
    return made
