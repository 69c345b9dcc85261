"""The Fashion-MNIST images bundled with vaereg: their location and layout."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from PIL import Image

import vaereg
from vaereg.basics.datasets.files.fashion_mnist_files import SIDE, checked
from vaereg.basics.datasets.files.idx_file import read_idx
from vaereg.basics.datasets.splits.labelled_images import LabelledImages

FOLDER = Path(__file__).parent
SHEET = "fashion-mnist-6000.png"
LABELS = "fashion-mnist-6000-labels-idx1-ubyte.gz"
COLUMNS = 100
TRAIN, VALIDATION, TEST = 4000, 1000, 1000
CONTENT = "c93f5e5636fdbf2fc19289c7edd70b94de7fb50a498f32e14901854454017daa"
"""The sha256 of the bytes of the 6,000 images, followed by those of their labels."""


def read_bundle() -> tuple[LabelledImages, LabelledImages, LabelledImages]:
    """Reads the bundled 4,000 training, 1,000 validation and 1,000 test images.

    Training and validation images are from the official training set, test images from the official
    test set. Each split is shuffled and has equally many images of every class.

    Raises:
        vaereg.DataError: if files are missing or differ from the released ones.
    """
    again = "Install vaereg again."
    try:
        with Image.open(FOLDER / SHEET) as sheet:
            pixels = np.asarray(sheet)
    except OSError as error:
        raise vaereg.DataError(f"{FOLDER / SHEET}: cannot be read: {error}. {again}") from error
    images = from_sheet(pixels)
    labels = read_idx(FOLDER / LABELS, axes=1)
    found = content_of(images, labels)
    if found != CONTENT:
        raise vaereg.DataError(
            f"{FOLDER}: the bundled images have sha256 {found}, but the released ones have "
            f"{CONTENT}. {again}"
        )
    everything = checked(images, labels, str(FOLDER))
    order = np.arange(TRAIN + VALIDATION + TEST)
    return (
        everything.at(order[:TRAIN]),
        everything.at(order[TRAIN : TRAIN + VALIDATION]),
        everything.at(order[TRAIN + VALIDATION :]),
    )


def content_of(images: np.ndarray, labels: np.ndarray) -> str:
    """The sha256 of the images followed by the labels."""
    content = hashlib.sha256(np.ascontiguousarray(images).data)
    content.update(np.ascontiguousarray(labels).data)
    return content.hexdigest()


def to_sheet(images: np.ndarray) -> np.ndarray:
    """Arranges images (n, 28, 28) in a sheet with 100 images per row: (n / 100 * 28, 2800)."""
    rows = images.reshape(-1, COLUMNS, SIDE, SIDE)
    return rows.swapaxes(1, 2).reshape(-1, COLUMNS * SIDE)


def from_sheet(sheet: np.ndarray) -> np.ndarray:
    """The images (n, 28, 28) of a sheet, row by row; the inverse of `to_sheet`."""
    rows = sheet.reshape(-1, SIDE, COLUMNS, SIDE)
    return rows.swapaxes(1, 2).reshape(-1, SIDE, SIDE)
