"""The image files in a folder, with their splits and classes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import attrs

import vaereg

SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm", ".pgm"}
)
SPLITS = {
    "train": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
}


@attrs.frozen(kw_only=True)
class ImageFiles:
    """The image files of a folder.

    Args:
        names: the paths of the files relative to the folder, sorted.
        parts: the split of each file, or empty if the folder is not divided into splits.
        labels: the class of each file, or empty if there are no classes.
    """

    names: tuple[Path, ...]
    parts: tuple[str, ...]
    labels: tuple[str, ...]


def find_images(folder: Path) -> ImageFiles:
    """Finds the image files in `folder` and its subfolders by suffix, without hidden files.

    If every image is in a subfolder named train, validation (or val, valid) or test, and train is
    one of them, these subfolders are splits. If every image is in a further subfolder (or in any
    subfolder, if there are no splits), its name is the class.

    Raises:
        vaereg.DataError: if `folder` is not a folder or contains no images.
    """
    if not folder.is_dir():
        raise vaereg.DataError(f"{folder}: is a file; image_folder reads a folder of images")
    names = sorted(_image_paths(folder, Path()), key=lambda name: name.parts)
    if not names:
        raise vaereg.DataError(
            f"{folder}: contains no images; looked for files ending in "
            f"{', '.join(sorted(SUFFIXES))}"
        )
    tops = {name.parts[0] if len(name.parts) > 1 else "" for name in names}
    cut = "train" in tops and tops <= SPLITS.keys()
    depth = 1 if cut else 0
    classified = all(len(name.parts) > depth + 1 for name in names)
    return ImageFiles(
        names=tuple(names),
        parts=tuple(SPLITS[name.parts[0]] for name in names) if cut else (),
        labels=tuple(name.parts[depth] for name in names) if classified else (),
    )


def _image_paths(folder: Path, below: Path) -> Iterator[Path]:
    for path in (folder / below).iterdir():
        if path.name.startswith("."):
            continue
        if path.is_dir():
            yield from _image_paths(folder, below / path.name)
        elif path.suffix.lower() in SUFFIXES:
            yield below / path.name
