"""Further defects of texture, tone and shape, each of which changes every image."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import (
    affine_transform,
    gaussian_filter,
    grey_dilation,
    map_coordinates,
    median_filter,
    rotate,
)

from tests.battery.defects.images import LEVELS, Images, some

BEND = 3.0
"""How smooth a bend is: the standard deviation, in pixels, of the Gaussian that smooths it."""


def rows(images: Images, levels: float, rng: np.random.Generator) -> np.ndarray:
    """Rows brighter and darker in turn by `levels` grey levels."""
    del rng
    signs = np.where(np.arange(images.base.shape[1]) % 2 == 0, 1.0, -1.0)
    return images.base + np.float32(levels / LEVELS) * signs[:, None, None].astype(np.float32)


def salt_and_pepper(images: Images, share: float, rng: np.random.Generator) -> np.ndarray:
    """A share of the pixels is black or white."""
    made, drawn = images.base.copy(), rng.random(images.base.shape[:3])
    made[drawn < share / 2] = 0.0
    made[drawn > 1 - share / 2] = 1.0
    return made


def halos(images: Images, gain: float, rng: np.random.Generator) -> np.ndarray:
    """Edges are exaggerated: what a Gaussian of one pixel removes is added, times `gain`."""
    del rng
    blurred = gaussian_filter(images.base, (0, 1, 1, 0), mode="nearest")
    return images.base + np.float32(gain) * (images.base - blurred)


def median(images: Images, share: float, rng: np.random.Generator) -> np.ndarray:
    """A share of the way to the median of 3 x 3 pixels, which removes thin lines."""
    del rng
    filtered = median_filter(images.base, (1, 3, 3, 1), mode="nearest")
    return images.base + np.float32(share) * (filtered - images.base)


def coarse_pixels(images: Images, share: float, rng: np.random.Generator) -> np.ndarray:
    """A share of the way to pixels twice as wide and high."""
    del rng
    n, height, width, channels = images.base.shape
    small = images.base.reshape(n, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4))
    coarse = small.repeat(2, axis=1).repeat(2, axis=2)
    return images.base + np.float32(share) * (coarse - images.base)


def blur_and_noise(images: Images, sigma: float, rng: np.random.Generator) -> np.ndarray:
    """A blur, with noise of as much power as it removes."""
    blurred = gaussian_filter(images.base, (0, sigma, sigma, 0), mode="nearest")
    lost = (images.base - blurred).std()
    return blurred + np.float32(lost) * rng.normal(size=blurred.shape).astype(np.float32)


def blur_of_half(images: Images, sigma: float, rng: np.random.Generator) -> np.ndarray:
    """A blur of half of the images."""
    made, chosen = images.base.copy(), some(rng, len(images.base), 0.5)
    made[chosen] = gaussian_filter(made[chosen], (0, sigma, sigma, 0), mode="nearest")
    return made


def gamma(images: Images, power: float, rng: np.random.Generator) -> np.ndarray:
    """Values are raised to a power."""
    del rng
    return images.base ** np.float32(power)


def vignette(images: Images, share: float, rng: np.random.Generator) -> np.ndarray:
    """Brightness falls towards the corners, there by a share."""
    del rng
    height, width = images.base.shape[1:3]
    y = np.linspace(-1, 1, height)[:, None]
    x = np.linspace(-1, 1, width)[None]
    return images.base * (1 - share * (x**2 + y**2) / 2)[:, :, None].astype(np.float32)


def tilt(images: Images, degrees: float, rng: np.random.Generator) -> np.ndarray:
    """Images are rotated by an angle, one way or the other."""
    signs = rng.choice([-1, 1], len(images.base))
    return np.stack(
        [
            rotate(image, sign * degrees, (1, 0), reshape=False, order=3, mode="nearest")
            for image, sign in zip(images.base, signs, strict=True)
        ]
    )


def zoom(images: Images, times: float, rng: np.random.Generator) -> np.ndarray:
    """What images show is larger."""
    del rng
    scale = np.array([1 / times, 1 / times, 1.0])
    middle = (np.array([*images.base.shape[1:3], 1]) - 1) / 2
    offset = middle * (1 - scale)
    return np.stack(
        [affine_transform(each, scale, offset, order=3, mode="nearest") for each in images.base]
    )


def bending(images: Images, pixels: float, rng: np.random.Generator) -> np.ndarray:
    """Pixels move smoothly by a standard deviation of `pixels`, in each image another way."""
    height, width, channels = images.base.shape[1:]
    made = np.empty_like(images.base)
    y, x = np.mgrid[:height, :width]
    for to, image in zip(made, images.base, strict=True):
        moves = gaussian_filter(rng.normal(size=(2, height, width)), (0, BEND, BEND))
        moves *= pixels / moves.std()
        at = [y + moves[0], x + moves[1]]
        for channel in range(channels):
            to[..., channel] = map_coordinates(image[..., channel], at, order=3, mode="nearest")
    return made


def thick_strokes(images: Images, share: float, rng: np.random.Generator) -> np.ndarray:
    """A share of the way to the brightest of 3 x 3 pixels."""
    del rng
    thick = grey_dilation(images.base, (1, 3, 3, 1), mode="nearest")
    return images.base + np.float32(share) * (thick - images.base)
