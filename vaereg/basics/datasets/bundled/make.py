"""Creates the bundled Fashion-MNIST images from the official files.

python -m vaereg.basics.datasets.bundled.make FOLDER [OUT]

FOLDER holds the four official IDX files. The same images are always selected; the bytes of the
written files may depend on the versions of Pillow and zlib.
"""

from __future__ import annotations

import gzip
import itertools
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from vaereg.basics.datasets.bundled.fashion_mnist_bundle import (
    FOLDER,
    LABELS,
    SHEET,
    TEST,
    TRAIN,
    VALIDATION,
    content_of,
    to_sheet,
)
from vaereg.basics.datasets.files.fashion_mnist_files import CLASS_NAMES, read_files
from vaereg.basics.datasets.splits.deal import shuffled
from vaereg.basics.datasets.splits.labelled_images import LabelledImages

SEED = 2017  # the year of Fashion-MNIST


def draw(train: LabelledImages, test: LabelledImages) -> LabelledImages:
    """Selects the 6,000 images of the bundle, in its order, from the two official sets."""
    from_train = _balanced(train.labels, (TRAIN, VALIDATION), SEED)
    (from_test,) = _balanced(test.labels, (TEST,), SEED)
    parts = [train.at(positions) for positions in from_train] + [test.at(from_test)]
    return LabelledImages(
        np.concatenate([part.images for part in parts]),
        np.concatenate([part.labels for part in parts]),
    )


def _balanced(labels: np.ndarray, sizes: tuple[int, ...], seed: int) -> list[np.ndarray]:
    """For each size, that many shuffled positions with equally many examples of each class."""
    order = shuffled(len(labels), seed)
    # The rank of each example within its class, along the shuffled order.
    rank = np.empty(len(labels), np.int64)
    for label in range(len(CLASS_NAMES)):
        of_class = labels[order] == label
        rank[of_class] = np.arange(np.count_nonzero(of_class))
    edges = np.cumsum((0, *sizes)) // len(CLASS_NAMES)
    return [order[(rank >= low) & (rank < high)] for low, high in itertools.pairwise(edges)]


def write(drawn: LabelledImages, folder: Path) -> None:
    """Writes the sheet and the labels into `folder`."""
    sheet = Image.fromarray(to_sheet(drawn.images))
    sheet.save(folder / SHEET, optimize=True)
    header = bytes((0, 0, 8, 1)) + len(drawn).to_bytes(4, "big")
    (folder / LABELS).write_bytes(gzip.compress(header + drawn.labels.tobytes(), 9, mtime=0))


if __name__ == "__main__":
    drawn = draw(*read_files(Path(sys.argv[1])))
    write(drawn, Path(sys.argv[2]) if len(sys.argv) > 2 else FOLDER)
    sys.stdout.write(content_of(drawn.images, drawn.labels) + "\n")
