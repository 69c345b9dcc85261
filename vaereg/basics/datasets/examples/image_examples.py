"""Image files as examples for a trained model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import attrs
import numpy as np

import vaereg
from vaereg.basics.datasets.files.decode_image import Conversion, decode_image, upright_size
from vaereg.basics.datasets.files.image_files import SUFFIXES, ImageFiles, find_images
from vaereg.basics.datasets.files.image_store import on_each
from vaereg.basics.datasets.splits.labels import encode_labels


def are_images(path: Path) -> bool:
    """Whether a path is an image file by its suffix, or a folder."""
    return path.is_dir() or path.suffix.lower() in SUFFIXES


def plain_conversion(spec: vaereg.DataSpec) -> Conversion:
    """The conversion for images of a training that did not read image files."""
    height, width = spec.shape[:2]
    return Conversion(size=(height, width), channels=spec.channels, fit="crop", background=255)


def image_examples(
    path: Path, spec: vaereg.DataSpec, how: Conversion, *, resize: bool
) -> vaereg.Examples:
    """The images of a folder, or one image; each is decoded when it is needed.

    Args:
        path: a folder, in which subfolders are classes, or an image file.
        spec: of the images of the training.
        how: the conversion there.
        resize: whether images of another size are resized, as there; else they are an error.

    Raises:
        vaereg.DataError: for a folder without images; while they are read, for images that are
            corrupt or have another size, all named.
    """
    if spec.channels not in (1, 3):
        raise vaereg.DataError(
            f"{path}: image files have 1 or 3 channels; the run was trained on {spec.in_words}. "
            "Give a .npy or .npz file."
        )
    if path.is_dir():
        files, folder = find_images(path), path
    else:
        files, folder = ImageFiles(names=(Path(path.name),), parts=(), labels=()), path.parent
    labels = encode_labels(np.array(files.labels), path) if files.labels else None
    return vaereg.Examples(
        split=ImageFilesSplit(
            paths=[folder / name for name in files.names],
            how=how,
            spec=spec,
            resize=resize,
            targets=labels.codes if labels else None,
        ),
        names=lambda indices: [files.names[each].as_posix() for each in indices],
        class_names=labels.names if labels else (),
        notes=files.notes,
    )


@attrs.frozen(kw_only=True, eq=False)
class ImageFilesSplit:
    """Images that are decoded when they are taken, in several threads.

    Args:
        paths: of the files.
        how: the conversion of each.
        spec: of the images of the training.
        resize: whether images of another size are resized; else they are an error.
        targets: (n,) their class numbers, or None.
    """

    paths: Sequence[Path]
    how: Conversion
    spec: vaereg.DataSpec
    resize: bool
    targets: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.paths)

    def take(self, indices: np.ndarray) -> np.ndarray:
        """Decodes the images at `indices`, float32 within the value range of the training.

        Raises:
            vaereg.DataError: naming every file, of all, that cannot be read.
        """
        pixels = np.empty((len(indices), *self.spec.shape), np.uint8)
        try:
            for row, image in enumerate(on_each(self._decoded, [self.paths[i] for i in indices])):
                pixels[row] = image
        except vaereg.DataError:
            for _ in on_each(self._decoded, self.paths):  # one message names all that are broken
                pass
            raise
        low, high = self.spec.value_range or (0.0, 1.0)
        return pixels.astype(np.float32) * np.float32((high - low) / 255) + np.float32(low)

    def labels(self, indices: np.ndarray) -> np.ndarray | None:
        """The class numbers at `indices`, or None if there are no classes."""
        return None if self.targets is None else self.targets[indices]

    def _decoded(self, path: Path) -> np.ndarray:
        if not self.resize and (size := upright_size(path)) != self.spec.shape[:2]:
            raise vaereg.DataError(
                f"{path}: has {size[0]} x {size[1]} pixels (height x width); the run was trained "
                f"on {self.spec.in_words}"
            )
        return decode_image(path, self.how).pixels
