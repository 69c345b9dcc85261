"""Fashion-MNIST (Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747)."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from pathlib import Path

import attrs
import numpy as np

import vaereg
from vaereg.basics.datasets.bundled.fashion_mnist_bundle import content_of, read_bundle
from vaereg.basics.datasets.declared import ArraysParams, FashionMnistParams
from vaereg.basics.datasets.examples.array_examples import array_examples
from vaereg.basics.datasets.examples.image_examples import (
    are_images,
    image_examples,
    plain_conversion,
)
from vaereg.basics.datasets.files.data_path import data_path
from vaereg.basics.datasets.files.fashion_mnist_files import CLASS_NAMES, SIDE, checked, read_files
from vaereg.basics.datasets.files.idx_arrays import are_idx
from vaereg.basics.datasets.splits.content_digest import content_digest
from vaereg.basics.datasets.splits.deal import shuffled
from vaereg.basics.datasets.splits.labelled_images import LabelledImages


class FashionMnist:
    """Grey 28 x 28 images of clothes in [0, 1] with 10 classes.

    The bundled set has 4,000 training, 1,000 validation and 1,000 test images. The full set has
    60,000 training images, of which `validation` are held out by `split_seed`, and 10,000 test
    images. `classes` are selected after the split; `limit` then selects shuffled training images.

    Raises:
        vaereg.DataError: for parameters that contradict each other, missing or corrupt files, a
            download that fails, or a split without images.
    """

    def __init__(self, params: FashionMnistParams, context: vaereg.BuildContext) -> None:
        self._params = params
        self._folder = context.folder

    def __call__(self) -> vaereg.Data:
        """Reads the images and divides them into splits."""
        params = self._params
        train, validation, test = self._read()
        wanted = params.classes or tuple(range(len(CLASS_NAMES)))
        if len(set(wanted)) < len(wanted):
            raise vaereg.DataError(f"fashion_mnist: classes = {list(wanted)} names a class twice")
        train, test = _only(train, wanted, "training"), _only(test, wanted, "test")
        validation = _only(validation, wanted, "validation") if validation is not None else None
        if params.limit > len(train):
            raise vaereg.DataError(
                f"fashion_mnist: limit = {params.limit}, but there are {len(train)} training "
                'images. Lower it, or use the full set with path = "…" or source = "keras".'
            )
        if params.limit:
            train = train.at(shuffled(len(train), params.split_seed)[: params.limit])
        parts = [part for part in (train, validation, test) if part is not None]
        contents = [content_of(part.images, part.labels) for part in parts]
        return vaereg.Data(
            spec=vaereg.DataSpec(
                form="image",
                shape=(SIDE, SIDE, 1),
                value_range=(0.0, 1.0),
                original_range=(0.0, 255.0),
                levels=256,
                size=len(train),
                classes=len(wanted),
                class_names=tuple(CLASS_NAMES[label] for label in wanted),
            ),
            train=_split(train, wanted),
            validation=_split(validation, wanted) if validation is not None else None,
            test=_split(test, wanted),
            digest=content_digest(" ".join(contents), classes=wanted),
        )

    def read(
        self, path: Path, spec: vaereg.DataSpec, data: Callable[[], vaereg.Data]
    ) -> vaereg.Examples:
        """The images of a file or a folder, with their labels, for a trained model.

        Args:
            path: image files, IDX files, or a .npy or .npz file.
            spec, data: of the training.

        Raises:
            vaereg.DataError: for a file that cannot be read, or images of another shape or range.
        """
        if are_images(path) and not are_idx(path):
            return image_examples(path, spec, plain_conversion(spec), resize=False)
        params = ArraysParams(path=str(path))
        read = array_examples(path, spec, params, data, lambda share: None)
        numbers = [int(each) if each.isdecimal() else -1 for each in read.class_names]
        if not all(0 <= each < len(CLASS_NAMES) for each in numbers):
            return read
        return attrs.evolve(read, class_names=tuple(CLASS_NAMES[each] for each in numbers))

    def _read(self) -> tuple[LabelledImages, LabelledImages | None, LabelledImages]:
        params = self._params
        source = params.source
        if source == "auto":
            source = "idx" if params.path else "bundled"
        if (source == "idx") != bool(params.path):
            raise vaereg.DataError(
                f'fashion_mnist: source = "{source}" with path = "{params.path}": '
                'source = "idx" (or "auto") needs a path, and no other source takes one'
            )
        if source == "bundled":
            return read_bundle()
        if source == "idx":
            train, test = read_files(data_path(params.path, self._folder))
        else:
            train, test = download()
        if params.validation >= len(train):
            raise vaereg.DataError(
                f"fashion_mnist: validation = {params.validation} leaves none of the {len(train)} "
                "images for training; lower it"
            )
        order = shuffled(len(train), params.split_seed)
        validation = train.at(order[: params.validation]) if params.validation else None
        return train.at(order[params.validation :]), validation, test


def download() -> tuple[LabelledImages, LabelledImages]:
    """Downloads the official training and test sets with Keras, which caches them.

    Raises:
        vaereg.DataError: if the download fails; the message names the sources without a download.
    """
    from keras.datasets import fashion_mnist  # only this source needs keras

    try:
        with contextlib.redirect_stdout(sys.stderr):  # the progress bar is not output
            (x, y), (x_test, y_test) = fashion_mnist.load_data()
    except Exception as error:  # get_file raises a bare Exception when offline
        raise vaereg.DataError(
            f'fashion_mnist: source = "keras" could not download: {error}\n'
            'Without a download: source = "bundled" (6,000 images), or path = "FOLDER" with the '
            "four IDX files, which Debian's package dataset-fashion-mnist installs in "
            "/usr/share/datasets/fashion-mnist."
        ) from error
    return (
        checked(x, y, "Keras's download, train"),
        checked(x_test, y_test, "Keras's download, test"),
    )


def _only(part: LabelledImages, wanted: tuple[int, ...], name: str) -> LabelledImages:
    """The images whose class is wanted."""
    kept = part.at(np.flatnonzero(np.isin(part.labels, wanted)))
    if not len(kept):
        raise vaereg.DataError(
            f"fashion_mnist: no {name} image belongs to classes = {list(wanted)}; choose other "
            "classes"
        )
    return kept


def _split(part: LabelledImages, wanted: tuple[int, ...]) -> vaereg.Split:
    """Turns a part into a split whose classes are numbered in the order of `wanted`."""
    number = np.zeros(len(CLASS_NAMES), np.int64)
    number[list(wanted)] = np.arange(len(wanted))
    return vaereg.ArraySplit(part.images[..., None], number[part.labels])
