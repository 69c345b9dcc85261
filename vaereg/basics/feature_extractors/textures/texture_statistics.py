"""All statistics of the extractor `local_texture`."""

from __future__ import annotations

import numpy as np

from vaereg.basics.feature_extractors.textures.channel_axes import channel_axes
from vaereg.basics.feature_extractors.textures.filter_bank import filter_responses
from vaereg.basics.feature_extractors.textures.layout_statistics import (
    FAINT,
    STRONG,
    grid_means,
    repetitions,
    row_means,
    seams_and_periods,
    symmetries,
)
from vaereg.basics.feature_extractors.textures.pooled import LEVEL, active_share, log_energy

BLOCK = 1 << 16
"""The number of values of a plane to filter at once: 256 KiB."""


def texture_statistics(images: np.ndarray) -> dict[str, np.ndarray]:
    """The statistics (n,) of images (n, height, width, channels) in [0, 1], by name."""
    height, width = images.shape[1:3]
    size = max(1, BLOCK // (height * width))
    blocks = [_of_block(images[i : i + size]) for i in range(0, len(images), size)]
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}


def _of_block(images: np.ndarray) -> dict[str, np.ndarray]:
    brightness, *colours = channel_axes(images)
    found = _of_brightness(brightness)
    found |= grey_levels(images)
    if colours:
        found |= {
            f"colour1 {name}": value for name, value in _of_colour(colours[0], brightness).items()
        }
    if len(colours) > 1:
        rest = [_of_colour(each, brightness) for each in colours[1:]]
        for name in rest[0]:
            found[f"colour2 {name}"] = np.mean([each[name] for each in rest], axis=0)
    return found


def _of_brightness(plane: np.ndarray) -> dict[str, np.ndarray]:
    found = _of_values(plane)
    found |= grid_means(np.sqrt(plane))
    for name, responses in filter_responses(plane):
        squares = responses * responses
        found[f"{name} energy"] = log_energy(squares)
        found[f"{name} faint"] = active_share(squares, FAINT)
        found[f"{name} strong"] = active_share(squares, STRONG)
    surround = np.pad(plane, ((0, 0), (1, 1), (1, 1)), mode="edge")
    centre = plane * np.float32(4)
    centre -= surround[:, 2:, 1:-1]
    centre -= surround[:, :-2, 1:-1]
    centre -= surround[:, 1:-1, 2:]
    centre -= surround[:, 1:-1, :-2]
    centre *= np.float32(0.125)
    found |= repetitions(centre)
    squares = centre * centre
    found |= {f"texture {n}": v for n, v in grid_means(squares / (squares + FAINT**2)).items()}
    found |= symmetries(plane)
    found |= seams_and_periods(plane)
    return found


def _of_values(plane: np.ndarray) -> dict[str, np.ndarray]:
    mean = row_means(plane)
    apart = plane - mean[:, None, None]
    squares = apart * apart
    deviation = np.sqrt(row_means(squares) + np.float32(LEVEL**2))
    return {
        "mean": mean,
        "deviation": np.log(deviation),
        "skewness": row_means(squares * apart) / deviation**3,
        "black": row_means(_near(plane)),
        "white": row_means(_near(np.float32(1) - plane)),
        "darkest": row_means((np.float32(1) - plane) ** 8) ** np.float32(0.125),
        "lightest": row_means(plane**8) ** np.float32(0.125),
    }


def grey_levels(images: np.ndarray) -> dict[str, np.ndarray]:
    """How many of 256 levels the channels use, and how unevenly."""
    n, channels = len(images), images.shape[-1]
    levels = np.round(images * np.float32(255)).astype(np.int64).reshape(n, -1, channels)
    levels = np.clip(levels, 0, 255)
    levels += 256 * np.arange(n * channels).reshape(n, 1, channels)
    counts = np.bincount(levels.ravel(), minlength=256 * n * channels).reshape(n, channels, 256)
    inner = counts[..., 1:-1].astype(np.float32)
    used = np.log1p((inner > 0).sum(axis=2)).mean(axis=1)
    uneven = np.abs(np.diff(inner, axis=2)).sum(axis=2) / (inner.sum(axis=2) + 1)
    return {"levels": used.astype(np.float32), "comb": uneven.mean(axis=1).astype(np.float32)}


def _near(distance: np.ndarray) -> np.ndarray:
    """1 where a value is less than some grey levels away, else near 0."""
    nearness: np.ndarray = FAINT**2 / (distance * distance + FAINT**2)
    return nearness


def _of_colour(plane: np.ndarray, brightness: np.ndarray) -> dict[str, np.ndarray]:
    squares = plane * plane
    found = {"mean": row_means(plane), "chroma": log_energy(squares.reshape(len(plane), -1))}
    found |= grid_means(plane, 2)
    for name, weights in (("shadows", (1 - brightness) ** 8), ("lights", brightness**8)):
        weights = weights + np.float32(1e-3)
        found[name] = row_means(plane * weights) / row_means(weights)
    for name, responses in filter_responses(plane):
        squares = responses * responses
        found[f"{name} energy"] = log_energy(squares)
        if not name.startswith(("falling", "rising")):
            found[f"{name} faint"] = active_share(squares, FAINT)
    return found
