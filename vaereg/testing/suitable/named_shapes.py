"""Shapes that a component names when it refuses others, such as "latents must be 7x7x16"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice, product

from vaereg.testing.cases import Case, case

_SHAPE = re.compile(r"\d+(?:\s*(?:[x,*]|by)\s*\d+)*")

CHANNELS = (1, 3)
"""Channels of images that are named without any."""

USUAL: dict[str, list[tuple[int, ...]]] = {
    "image": [(8, 8, 1), (32, 32, 3)],
    "vector": [(5,)],
    "sequence": [(6, 2)],
}
LATENTS: list[tuple[int, ...]] = [(3,), (2,), (4, 4, 2)]

LARGEST = 300
"""The longest axis that is tried: larger numbers are hardly those of a shape."""

MOST_TRIED = 40


def names_a_shape(text: str) -> bool:
    """Whether a message holds a number that may be one of a shape."""
    return bool(_shapes([text]))


def cases_named_in(texts: Iterable[str], form: str) -> Iterator[Case]:
    """Cases of a form of data with the shapes that messages name, for examples and latents.

    A shape of two axes is also one of images and of latents with channels; a single number is also
    the side of a square.
    """
    named = _shapes(texts)
    latents = dict.fromkeys([*(each for one in named for each in _as_latents(one)), *LATENTS])
    shapes = dict.fromkeys([*(each for one in named for each in _as_data(one, form)), *USUAL[form]])
    for shape, latent in islice(product(shapes, latents), MOST_TRIED):
        size = "x".join(map(str, shape))
        name = f"{form} data of shape {size}, latent {'x'.join(map(str, latent))}"
        yield case(name, form, shape, latent, levels=256 if form == "image" else None)


def _shapes(texts: Iterable[str]) -> list[tuple[int, ...]]:
    """The numbers that messages hold, those that belong together in one tuple, without repeats."""
    every = (found for text in texts for found in _SHAPE.findall(text))
    shapes = (tuple(map(int, re.findall(r"\d+", each))) for each in every)
    return list(dict.fromkeys(each for each in shapes if all(0 < n <= LARGEST for n in each)))


def _as_latents(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    if len(shape) == 2:
        return [(*shape, 2), (*shape, 4)]
    return [shape] if len(shape) in (1, 3) else []


def _as_data(shape: tuple[int, ...], form: str) -> list[tuple[int, ...]]:
    if form == "vector":
        return [shape] if len(shape) == 1 else []
    if form == "sequence":
        return [shape] if len(shape) == 2 else [(*shape, 2)] if len(shape) == 1 else []
    if len(shape) == 3:
        return [shape]
    sides = shape * 2 if len(shape) == 1 else shape
    return [(*sides, channels) for channels in CHANNELS] if len(sides) == 2 else []
