"""The image files in a folder, with their splits and classes."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

import attrs

import vaereg

SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".bmp", ".gif", ".tif", ".tiff"}
    | {".ppm", ".pgm", ".pbm", ".pnm"}
)
OTHER_IMAGES = frozenset(
    {".avif", ".cr2", ".dcm", ".dng", ".exr", ".heic", ".heif", ".jp2", ".nef", ".npy", ".psd"}
    | {".svg", ".tga", ".arw", ".cr3", ".dds", ".dib", ".eps", ".fits", ".hdr", ".icns", ".ico"}
    | {".jxl", ".mpo", ".orf", ".pcx", ".raf", ".raw", ".rw2", ".xcf"}
)
"""Suffixes of images that are not read; files with other suffixes need no word."""

SPLITS = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "eval": "validation",
    "evaluation": "validation",
    "test": "test",
    "testing": "test",
    "holdout": "test",
}
"""The names of folders, in lower case, that are splits."""

BESIDE = r"(set|sets|split|data|dataset|images|imgs|image|img|pictures|pics|photos|folder)?"
"""What may stand before or after the name of a split, as in train_images and TestSet."""

SPLIT = re.compile(rf"{BESIDE}(?P<split>{'|'.join(sorted(SPLITS, key=len, reverse=True))}){BESIDE}")

STARTS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF")
"""How files of images start."""


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

    If all images are in one subfolder that has subfolders itself, that is taken as the folder. If
    there are subfolders named train (or training, train_images, …) and another split, in any case,
    or train alone, these are the splits, and images beside them are left out. If most images are
    in further subfolders (or in subfolders, if there are no splits), of which there are several,
    their names are the classes, and images beside them are left out. A link to what the folder
    already holds is left out. Whatever is left out is noted.

    Raises:
        vaereg.DataError: if `folder` is not a folder or contains no images.
    """
    if not folder.is_dir():
        raise vaereg.DataError(f"{folder}: is a file; image_folder reads a folder of images")
    walk = _Walk(folder)
    walk.into(Path())
    names = sorted(walk.names, key=lambda name: name.parts)
    notes = [_left_out(files, why) for why, files in walk.left_out.items()]
    if not names:
        found = f"; {'; '.join(notes)}" if notes else ""
        raise vaereg.DataError(
            f"{folder}: contains no images; looked for files ending in "
            f"{', '.join(sorted(SUFFIXES))}{found}"
        )
    above = _common_folder(names)
    if above.parts:
        notes.append(
            f"all images are in {above}, whose folders are taken as those of {folder.name}"
        )
        names = [name.relative_to(above) for name in names]
    tops = {name.parts[0] if len(name.parts) > 1 else "" for name in names}
    splits = {top: split for top in tops if (split := split_of(top))}
    is_cut = "train" in splits.values() and (len({*splits.values()}) > 1 or len(tops) == 1)
    if is_cut:
        beside = [name for name in names if len(name.parts) < 2 or name.parts[0] not in splits]
        notes.append(_left_out(beside, f"beside the splits {', '.join(sorted(splits))}"))
        left = {*beside}
        names = [name for name in names if name not in left]
        for split in sorted({*splits.values()}):
            same = sorted(top for top, each in splits.items() if each == split)
            if len(same) > 1:
                notes.append(f"the folders {' and '.join(same)} are one split, {split}")
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
        if is_cut:
            kept = {splits[name.parts[0]] for name in names}
            notes += [
                f"the split {split} has images without a class only and is left out; another one "
                "is held out of the training images"
                for split in sorted({*splits.values()} - kept)
            ]
    elif loose and classes:
        notes.append(
            f"{len(loose)} images lie beside the folders {', '.join(sorted(classes)[:3])}, such as "
            f"{loose[0]}; there are no classes, and all images are used"
        )
    inner = [
        name for name in names if len(name.parts) > depth + 2 and split_of(name.parts[depth + 1])
    ]
    if classified and inner:
        notes.append(
            f"{len(inner)} images are in folders named like splits inside those of classes, such "
            f"as {inner[0]}; these are not taken as splits"
        )
    return ImageFiles(
        names=tuple(above / name for name in names),
        parts=tuple(splits[name.parts[0]] for name in names) if is_cut else (),
        labels=tuple(name.parts[depth] for name in names) if classified else (),
        notes=tuple(note for note in notes if note),
    )


def split_of(folder: str) -> str:
    """The split that a folder is named for: "train", "validation" or "test"; otherwise "".

    Digits, dots and dashes do not count, as in val2017 and test-images.
    """
    found = SPLIT.fullmatch(re.sub(r"[\W\d_]+", "", folder.lower()))
    return SPLITS[found["split"]] if found else ""


def _common_folder(names: Sequence[Path]) -> Path:
    """The folder below which all images are in several folders, if it is not the top."""
    depth = 0
    while True:
        at = {name.parts[: depth + 1] for name in names if len(name.parts) > depth + 1}
        below = {name.parts[depth + 1] for name in names if len(name.parts) > depth + 2}
        loose = any(len(name.parts) <= depth + 2 for name in names)
        if len(at) != 1 or loose or not below or split_of(next(iter(at))[-1]):
            return Path(*names[0].parts[:depth])
        depth += 1


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
        self._linked: set[str] = set()
        self._entered: set[tuple[int, int]] = set()
        self.names: list[Path] = []
        self.left_out: dict[str, list[Path]] = {}

    def into(self, below: Path) -> None:
        """Collects the files of a folder and of those in it.

        Raises:
            vaereg.DataError: if a folder cannot be read.
        """
        try:
            stat = (self._folder / below).stat()
            with os.scandir(self._folder / below) as entries:
                every = sorted(entries, key=lambda each: each.name)
        except OSError as error:
            raise vaereg.DataError(f"{self._folder / below}: cannot be read: {error}") from error
        if (stat.st_dev, stat.st_ino) in self._entered:
            self._leave(below, "links to what the folder already holds")
            return
        self._entered.add((stat.st_dev, stat.st_ino))
        for entry in every:
            if not entry.name.startswith((".", "__MACOSX", "@eaDir")):
                self._take(entry, below / entry.name)

    def _take(self, entry: os.DirEntry[str], name: Path) -> None:
        suffix = Path(entry.name).suffix.lower()
        if entry.is_symlink() and not Path(entry.path).exists():
            self._leave(name, "links that lead nowhere")
        elif entry.is_symlink() and self._is_here_already(entry):
            self._leave(name, "links to what the folder already holds")
        elif entry.is_dir():
            self.into(name)
        elif suffix in OTHER_IMAGES:
            self._leave(name, f"{suffix} is not read")
        elif suffix in SUFFIXES and entry.is_file():
            self.names.append(name)
        elif suffix in SUFFIXES:
            self._leave(name, "neither a file nor a folder")
        elif not suffix and entry.is_file() and _starts_like_an_image(entry.path):
            self._leave(name, "images whose names have no suffix")

    def _is_here_already(self, entry: os.DirEntry[str]) -> bool:
        """Whether a link leads into the folder or above it, or to where another link led."""
        target = os.path.realpath(entry.path)
        inside = target == self._root or target.startswith(self._root + os.sep)
        if inside or target in self._linked or self._root.startswith(target + os.sep):
            return True
        self._linked.add(target)
        return False

    def _leave(self, name: Path, why: str) -> None:
        self.left_out.setdefault(why, []).append(name)


def _starts_like_an_image(path: str) -> bool:
    try:
        with Path(path).open("rb") as file:
            return file.read(4).startswith(STARTS)
    except OSError:
        return False
