"""Image files in a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import attrs
import numpy as np

import vaereg
from vaereg.basics.datasets.declared import ArraysParams, ImageFolderParams
from vaereg.basics.datasets.examples.array_examples import array_examples
from vaereg.basics.datasets.examples.image_examples import are_images, image_examples
from vaereg.basics.datasets.files.array_file import Rows
from vaereg.basics.datasets.files.data_path import data_path
from vaereg.basics.datasets.files.decode_image import Conversion
from vaereg.basics.datasets.files.image_files import ImageFiles, find_images
from vaereg.basics.datasets.files.image_notes import notes_on, original_range
from vaereg.basics.datasets.files.image_store import (
    FilesSplit,
    checked,
    common_size,
    decoded_array,
    decoded_file,
)
from vaereg.basics.datasets.splits.content_digest import content_digest
from vaereg.basics.datasets.splits.deal import deal, dealing_of
from vaereg.basics.datasets.splits.held_split import held_split
from vaereg.basics.datasets.splits.labels import encode_labels
from vaereg.basics.datasets.splits.stored_range import given_bounds

IN_MEMORY = 2**30
"""cache = "auto" keeps decoded images in memory if they are smaller than this, in bytes."""


class ImageFolder:
    """The images in a folder, resized and scaled to [0, 1], with subfolders as classes.

    All images are decoded once, into memory or into a file in the cache folder. With `cache` =
    "none" they are decoded once to check them, and again whenever they are read. Subfolders named
    train, validation and test are the splits; without them, `split_seed` determines the splits of
    the sorted file names.

    Raises:
        vaereg.DataError: for a missing or empty folder, corrupt images (all named), images of
            different sizes with size = 0, or a split without images.
    """

    def __init__(self, params: ImageFolderParams, context: vaereg.BuildContext) -> None:
        self._params = params
        self._folder = context.folder
        self._cache = context.cache
        self._share = context.share
        self._dealing = dealing_of(params, context)

    def __call__(self) -> vaereg.Data:
        """Finds and decodes the images, and assigns them to the splits."""
        params = self._params
        size = self._size()
        folder = data_path(params.path, self._folder)
        files = find_images(folder)
        paths = [folder / name for name in files.names]
        positions = self._positions(files, folder)  # before decoding, which takes time
        labels = encode_labels(np.array(files.labels), folder) if files.labels else None
        targets = labels.codes if labels else None
        how = self._conversion(size)
        if size is None:
            how = attrs.evolve(how, size=common_size(paths, how))
        shape = (*(how.size or ()), params.channels)
        cache = params.cache
        if cache == "auto":
            cache = "memory" if len(paths) * int(np.prod(shape)) < IN_MEMORY else "disk"
        splits: dict[str, vaereg.Split] = {}
        if cache == "none":
            found = checked(paths, how, self._share)
            for part, chosen in positions.items():
                splits[part] = FilesSplit(paths=paths, how=how, positions=chosen, targets=targets)
        else:
            if cache == "memory":
                pixels: Rows
                pixels, found = decoded_array(paths, how, shape, self._share)
            else:
                pixels, found = decoded_file(self._cache, paths, how, shape, self._share)
            for part, chosen in positions.items():
                splits[part] = held_split(pixels, chosen, shape=shape, targets=targets)
        return vaereg.Data(
            spec=vaereg.DataSpec(
                form="image",
                shape=shape,
                value_range=(0.0, 1.0),
                original_range=how.value_range or original_range(found),
                levels=256,
                size=len(splits["train"]),
                classes=len(labels.names) if labels else None,
                class_names=labels.names if labels else (),
            ),
            train=splits["train"],
            validation=splits.get("validation"),
            test=splits.get("test"),
            digest=content_digest(
                found.content,
                names=[name.as_posix() for name in files.names],
                conversion=[shape, params.fit, params.background, *params.value_range],
                **self._dealing.recipe,
            ),
            names=lambda split, indices: [
                files.names[each].as_posix() for each in positions[split][indices]
            ],
            notes=(
                *([found.note] if found.note else []),
                *files.notes,
                *notes_on(found, params, files.names, positions),
            ),
        )

    def read(
        self, path: Path, spec: vaereg.DataSpec, data: Callable[[], vaereg.Data]
    ) -> vaereg.Examples:
        """The images of another folder, one image, or an array of images, for a trained model.

        Raises:
            vaereg.DataError: for a folder without images, or examples of another shape or range.
        """
        if not are_images(path):
            return array_examples(path, spec, ArraysParams(path=str(path)), data, self._share)
        height, width = spec.shape[:2]
        how = self._conversion((height, width))
        return image_examples(path, spec, how, resize=self._size() is not None)

    def _conversion(self, size: tuple[int, int] | None) -> Conversion:
        """How images become examples of this size."""
        params = self._params
        return Conversion(
            size=size,
            channels=params.channels,
            fit=params.fit,
            background={"white": 255, "black": 0}[params.background],
            value_range=given_bounds(
                params.value_range, "image_folder", "for the range of each image's type"
            ),
        )

    def _size(self) -> tuple[int, int] | None:
        """The given (height, width), or None to keep the images' own."""
        size = self._params.size
        if size in (0, ()):
            return None
        pair = (size, size) if isinstance(size, int) else size
        if len(pair) != 2 or min(pair) < 1:
            raise vaereg.DataError(
                f"image_folder: size = {list(pair)}; allowed are a side such as 64, "
                "[height, width], or 0 for the size that all images share"
            )
        return pair[0], pair[1]

    def _positions(self, files: ImageFiles, folder: Path) -> dict[str, np.ndarray]:
        """The positions of each split's images among the files."""
        shares = self._dealing.shares
        if not files.parts:
            return deal(len(files.names), shares, self._dealing, folder)
        parts = np.array(files.parts)
        lacking = {part: share for part, share in shares.items() if part not in files.parts}
        home = np.flatnonzero(parts == "train")
        dealt = deal(len(home), lacking, self._dealing, f"{folder}, train")
        positions = {part: home[chosen] for part, chosen in dealt.items()}
        for part in shares.keys() - lacking.keys():
            positions[part] = np.flatnonzero(parts == part)
        return positions
