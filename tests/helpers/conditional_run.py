"""A conditional model that trains in a second: a spot on the left or on the right, by its label."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

import vaereg
from tests.helpers.tiny_run import blobs

NAMES = ("left", "right")

REGISTRY = """
default = "told"

[data.blobs]
use = "arrays"
path = "blobs.npz"
given = ["label"]

[models.told]
data = "blobs"
latent = 2
encoder = {{ use = "conditional", inner = {{ widths = [16] }} }}
decoder = {{ use = "conditional", inner = {{ widths = [32] }} }}
prior = "conditional"
likelihood = "bernoulli"
{model}

[train]
epochs = 3
batch_size = 32
optimizer = {{ use = "adam", learning_rate = 1e-2 }}
{train}
"""


def spots(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """uint8 (count, 8, 8, 1), dark but for a spot in one half, and its side: 0 left, 1 right."""
    sides = np.random.default_rng([seed, 7]).integers(0, 2, count)
    images = blobs(count, seed)
    halves = images.copy()
    halves[:, :, 4:] = np.where(sides[:, None, None, None] == 1, images[:, :, 4:], 0)
    halves[:, :, :4] = np.where(sides[:, None, None, None] == 0, images[:, :, :4], 0)
    halves[np.arange(count), 4, np.where(sides == 1, 6, 1), 0] = 255
    return halves, sides


def spot_data(count: int = 64) -> vaereg.Data:
    """Labelled data in memory."""
    images, sides = spots(count, 0)
    more, other = spots(count // 2, 1)
    spec = vaereg.DataSpec(
        form="image", shape=(8, 8, 1), levels=256, size=count, classes=2, class_names=NAMES
    )
    train, validation = vaereg.ArraySplit(images, sides), vaereg.ArraySplit(more, other)
    return vaereg.Data(spec=spec, train=train, validation=validation, test=validation)


def side_of(images: np.ndarray) -> np.ndarray:
    """Which half is brighter, 0 or 1."""
    left, right = images[:, :, :4].sum(axis=(1, 2, 3)), images[:, :, 4:].sum(axis=(1, 2, 3))
    return (right > left).astype(int)


def registry_text(model: str = "", train: str = "") -> str:
    return REGISTRY.format(model=model, train=train)


def built(model: str = "", train: str = "", parts: Mapping[str, object] | None = None):
    """The model, built for `spot_data`."""
    return vaereg.build(registry_text(model, train), data=spot_data(), parts=parts)


def write_conditional_project(
    folder: Path, model: str = "", train: str = "", test: int = 120
) -> Path:
    """Writes registry.toml and its data; returns the registry."""
    arrays = {}
    for name, count, seed in (("train", 256, 0), ("val", 40, 1), ("test", test, 2)):
        images, sides = spots(count, seed)
        arrays |= {f"x_{name}": images, f"y_{name}": np.array(NAMES)[sides]}
    np.savez(folder / "blobs.npz", **arrays)
    path = folder / "registry.toml"
    path.write_text(registry_text(model, train), encoding="utf-8")
    return path
