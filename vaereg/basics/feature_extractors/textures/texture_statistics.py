"""All statistics of the extractor `local_texture`."""

from __future__ import annotations

import numpy as np

from vaereg.basics.feature_extractors.textures.channel_axes import channel_axes
from vaereg.basics.feature_extractors.textures.filter_bank import centre_surround, filter_responses
from vaereg.basics.feature_extractors.textures.layout_statistics import (
    grid_means,
    repetitions,
    seams_and_periods,
    symmetries,
)
from vaereg.basics.feature_extractors.textures.pooled import (
    FAINT,
    STRONG,
    active_share,
    log_energy,
)
from vaereg.basics.feature_extractors.textures.value_statistics import (
    brightness_statistics,
    colour_statistics,
    level_statistics,
)

BLOCK = 1 << 16
"""The number of values of a plane to filter at once: 256 KiB."""


def texture_statistics(images: np.ndarray) -> dict[str, np.ndarray]:
    """The statistics (n,) of images (n, height, width, channels), clipped to [0, 1], by name.

    There are as many for any number of channels from three on: those of the second and all further
    opponent colours are averaged.
    """
    height, width = images.shape[1:3]
    size = max(1, BLOCK // (height * width))
    blocks = [_of_block(images[i : i + size]) for i in range(0, len(images), size)]
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}


def _of_block(images: np.ndarray) -> dict[str, np.ndarray]:
    images = np.clip(images, 0, 1)
    brightness, *colours = channel_axes(images)
    found = _of_brightness(brightness) | level_statistics(images)
    each_colour = [_of_colour(colour, brightness) for colour in colours]
    for number, group in enumerate((each_colour[:1], each_colour[1:]), 1):
        for name in group[0] if group else ():
            found[f"colour{number} {name}"] = np.mean([each[name] for each in group], axis=0)
    return found


def _of_brightness(plane: np.ndarray) -> dict[str, np.ndarray]:
    found = brightness_statistics(plane)
    found |= grid_means(np.sqrt(plane), "brightness")
    for name, responses in filter_responses(plane):
        squares = responses * responses
        found[f"{name} energy"] = log_energy(squares)
        found[f"{name} faint"] = active_share(squares, FAINT)
        found[f"{name} strong"] = active_share(squares, STRONG)
    centre = centre_surround(plane)
    squares = centre * centre
    found |= grid_means(squares / (squares + FAINT**2), "texture")
    return found | repetitions(centre) | symmetries(plane) | seams_and_periods(plane)


def _of_colour(plane: np.ndarray, brightness: np.ndarray) -> dict[str, np.ndarray]:
    found = colour_statistics(plane, brightness)
    found |= grid_means(plane, "colour", cells=2)
    for name, responses in filter_responses(plane):
        squares = responses * responses
        found[f"{name} energy"] = log_energy(squares)
        if not name.startswith(("falling", "rising")):
            found[f"{name} faint"] = active_share(squares, FAINT)
    return found
