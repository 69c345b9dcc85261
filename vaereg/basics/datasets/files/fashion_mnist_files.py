"""Fashion-MNIST from the four files in which it is published."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import vaereg
from vaereg.basics.datasets.files.idx_file import read_idx
from vaereg.basics.datasets.splits.labelled_images import LabelledImages

SIDE = 28
CLASS_NAMES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


def read_files(folder: Path) -> tuple[LabelledImages, LabelledImages]:
    """Reads the official training and test sets (60,000 and 10,000 images) from IDX files.

    Raises:
        vaereg.DataError: for missing files, all of them named, or a corrupt file.
    """
    wanted = [
        (part, axes, f"{part}-{what}-idx{axes}-ubyte")
        for part in ("train", "t10k")
        for what, axes in (("images", 3), ("labels", 1))
    ]
    missing = [name for _, _, name in wanted if _find(folder, name) is None]
    if missing:
        raise vaereg.DataError(
            f"{folder}: missing {', '.join(missing)} (plain, or compressed with the ending .gz). "
            "The four files are published at github.com/zalandoresearch/fashion-mnist; "
            "Debian has them in the package dataset-fashion-mnist."
        )
    arrays = [read_idx(_find(folder, name) or folder / name, axes) for _, axes, name in wanted]
    return (
        checked(arrays[0], arrays[1], f"{folder}, train"),
        checked(arrays[2], arrays[3], f"{folder}, t10k"),
    )


def checked(images: np.ndarray, labels: np.ndarray, source: str) -> LabelledImages:
    """Pairs images with their labels, after checking that they belong together.

    Raises:
        vaereg.DataError: for another image size, another number of labels, or an unknown class.
    """
    if images.shape[1:] != (SIDE, SIDE):
        raise vaereg.DataError(
            f"{source}: images have shape {images.shape[1:]}; Fashion-MNIST is (28, 28)"
        )
    if len(images) != len(labels) or not len(images):
        raise vaereg.DataError(
            f"{source}: {len(images)} images but {len(labels)} labels; "
            "both files must belong to the same set"
        )
    if labels.max() >= len(CLASS_NAMES):
        at = int(np.argmax(labels >= len(CLASS_NAMES)))
        raise vaereg.DataError(f"{source}: label {labels[at]} at position {at}; allowed are 0 to 9")
    return LabelledImages(images, labels)


def _find(folder: Path, name: str) -> Path | None:
    spellings = (name, name.replace("-idx", ".idx"))  # some copies write a dot
    paths = (folder / (spelling + end) for spelling in spellings for end in ("", ".gz"))
    return next((path for path in paths if path.is_file()), None)
