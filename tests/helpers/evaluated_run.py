"""A project whose runs can be evaluated: labelled blobs, enough of them held out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import numpy as np
import pytest

from tests.helpers.tiny_run import blobs, write_project

HELD_OUT = 160


def quadrant(images: np.ndarray) -> np.ndarray:
    """Which quarter of each image is the brightest: 0 to 3."""
    halves = images.reshape(len(images), 2, 4, 2, 4).sum(axis=(2, 4), dtype=np.int64)
    return halves.reshape(len(images), 4).argmax(axis=1)


def write_evaluated_project(folder: Path, train: str = "", *, labelled: bool = True) -> Path:
    """Writes registry.toml and 512 + 160 + 160 blobs; returns the registry."""
    splits = {"train": blobs(512, 0), "val": blobs(HELD_OUT, 1), "test": blobs(HELD_OUT, 2)}
    arrays = {f"x_{name}": images for name, images in splits.items()}
    if labelled:
        arrays |= {f"y_{name}": quadrant(images) for name, images in splits.items()}
    return write_project(folder, train, **arrays)


@contextmanager
def quick_classifier(steps: int = 100) -> Iterator[None]:
    """In this process, the extractor `classifier` learns in `steps` steps instead of 800.

    100 are enough for four classes of blobs; the others would take most of an evaluation.
    """
    from vaereg.basics.feature_extractors.classifier import Classifier

    real = Classifier.__init__

    def init(self, params, context):
        real(self, attrs.evolve(params, least_steps=steps), context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Classifier, "__init__", init)
        yield
