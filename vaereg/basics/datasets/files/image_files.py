"""The image files in a folder, with their splits and classes."""

from __future__ import annotations

import os
from pathlib import Path

import attrs

import vaereg

SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm", ".pgm"}
)
OTHER_IMAGES = frozenset(
    {".avif", ".cr2", ".dcm", ".dng", ".exr", ".heic", ".heif", ".jfif", ".jp2", ".nef", ".npy"}
    | {".pbm", ".psd", ".svg", ".tga"}
)
"""Suffixes of images that are not read; files with other suffixes need no word."""

SPLITS = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}
"""The names of folders, in lower case, that are splits."""


@attrs.frozen(kw_only=True)
class ImageFiles:
    """The image files of a folder.

    Args:
        names: the paths of the files relative to the folder, sorted.
        parts: the split of each file, or empty if the folder is not divided into splits.
        labels: the class of each file, or empty if there are no classes.
        notes: what was left out or may be a mistake, one sentence each.
    """

    names: tuple[Path, ...]
    parts: tuple[str, ...]
    labels: tuple[str, ...]
    notes: tuple[str, ...] = ()


def find_images(folder: Path) -> ImageFiles:
    """Finds the image files in `folder` and its subfolders by suffix, without hidden files.

    If there are subfolders named train (or training) and another split, in any case, or train
    alone, these are the splits, and images beside them are left out. If most images are in further
    subfolders (or in subfolders, if there are no splits), of which there are several, their names
    are the classes, and images beside them are left out. A link to what the folder already holds
    is left out. Whatever is left out is noted.

    Raises:
        vaereg.DataError: if `folder` is not a folder or contains no images.
    """
    if not folder.is_dir():
        raise vaereg.DataError(f"{folder}: is a file; image_folder reads a folder of images")
    walk = _Walk(folder)
    walk.into(Path())
    names = sorted(walk.names, key=lambda name: name.parts)
    if not names:
        raise vaereg.DataError(
            f"{folder}: contains no images; looked for files ending in "
            f"{', '.join(sorted(SUFFIXES))}"
        )
    notes = [_left_out(files, why) for why, files in walk.left_out.items()]
    tops = {name.parts[0] if len(name.parts) > 1 else "" for name in names}
    splits = {top: SPLITS[top.lower()] for top in tops if top.lower() in SPLITS}
    is_cut = "train" in splits.values() and (len({*splits.values()}) > 1 or len(tops) == 1)
    if is_cut:
        beside = [name for name in names if len(name.parts) < 2 or name.parts[0] not in splits]
        notes.append(_left_out(beside, f"beside the splits {', '.join(sorted(splits))}"))
        left = {*beside}
        names = [name for name in names if name not in left]
    elif splits:
        notes.append(
            f"the folder {' and '.join(sorted(splits))} was not taken as a split, since there is "
            "no folder train with a folder of another split"
        )
    depth = 1 if is_cut else 0
    loose = [name for name in names if len(name.parts) <= depth + 1]
    classes = {name.parts[depth] for name in names if len(name.parts) > depth + 1}
    classified = bool(classes) and not loose
    if loose and len(classes) > 1 and 2 * len(loose) < len(names):
        notes.append(_left_out(loose, "beside the folders of the classes"))
        left = {*loose}
        names = [name for name in names if name not in left]
        classified = True
    elif loose and classes:
        notes.append(
            f"{len(loose)} images lie beside the folders {', '.join(sorted(classes)[:3])}, such as "
            f"{loose[0]}; there are no classes, and all images are used"
        )
    return ImageFiles(
        names=tuple(names),
        parts=tuple(splits[name.parts[0]] for name in names) if is_cut else (),
        labels=tuple(name.parts[depth] for name in names) if classified else (),
        notes=tuple(note for note in notes if note),
    )


def _left_out(files: list[Path], why: str) -> str:
    if not files:
        return ""
    are = f"{len(files)} files were" if len(files) > 1 else "1 file was"
    return f"{are} left out ({why}), such as {files[0]}"


class _Walk:
    """Collects image files, each once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._root = os.path.realpath(folder)
        self._visited = {self._root}
        self.names: list[Path] = []
        self.left_out: dict[str, list[Path]] = {}

    def into(self, below: Path) -> None:
        """Collects the files of a folder and of those in it."""
        with os.scandir(self._folder / below) as entries:
            for entry in sorted(entries, key=lambda each: each.name):
                if entry.name.startswith((".", "__MACOSX")):
                    continue
                name = below / entry.name
                suffix = Path(entry.name).suffix.lower()
                if entry.is_symlink() and self._is_here_already(entry):
                    self._leave(name, "links to what the folder already holds")
                elif entry.is_dir():
                    self.into(name)
                elif suffix in OTHER_IMAGES:
                    self._leave(name, f"{suffix} is not read")
                elif suffix in SUFFIXES and entry.is_file():
                    self.names.append(name)
                elif suffix in SUFFIXES:
                    self._leave(name, "neither a file nor a folder")

    def _is_here_already(self, entry: os.DirEntry[str]) -> bool:
        """Whether a link leads into the folder, or to where another link led."""
        target = os.path.realpath(entry.path)
        inside = target == self._root or target.startswith(self._root + os.sep)
        if inside or target in self._visited or self._root.startswith(target + os.sep):
            return Path(target).exists()
        self._visited.add(target)
        return False

    def _leave(self, name: Path, why: str) -> None:
        self.left_out.setdefault(why, []).append(name)
