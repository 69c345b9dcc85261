"""Which image files are in a folder, in which split and class."""

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
        names: their paths relative to the folder, sorted.
        parts: the split each stands in, or empty where the folder is not cut into splits.
        labels: the class each stands in, or empty where there are none.
    """

    names: tuple[Path, ...]
    parts: tuple[str, ...]
    labels: tuple[str, ...]


def find_images(folder: Path) -> ImageFiles:
    """The image files under `folder`, by suffix, hidden ones left out.

    Subfolders named train, validation (or val, valid) and test are splits if they are all there
    is and train is among them; else, and within these, the first subfolder is the class, if every
    image is in one.

    Raises:
        vaereg.DataError: when it is no folder or holds no images.
    """
    if not folder.is_dir():
        raise vaereg.DataError(f"{folder}: is a file; image_folder reads a folder of images")
    names = sorted(_walk(folder, Path()), key=lambda name: name.parts)
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


def _walk(folder: Path, below: Path) -> Iterator[Path]:
    for path in (folder / below).iterdir():
        if path.name.startswith("."):
            continue
        if path.is_dir():
            yield from _walk(folder, below / path.name)
        elif path.suffix.lower() in SUFFIXES:
            yield below / path.name
