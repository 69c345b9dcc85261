"""Images in IDX files, with the labels and the test set that lie beside them."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import vaereg
from vaereg.basics.datasets.files.idx_file import read_idx
from vaereg.basics.datasets.files.numpy_file import Entry

NAME = re.compile(
    r"(?P<part>.*?)[-_.]?(?P<what>images|labels)[-_.]idx(?P<axes>\d)[-_.]ubyte(\.gz)?"
)
"""The names under which IDX files are published, such as train-images-idx3-ubyte.gz."""

PARTS = {"train": "train", "training": "train", "val": "validation", "t10k": "test", "test": "test"}


def are_idx(path: Path) -> bool:
    """Whether a file, or files in a folder, have the names of IDX files."""
    if path.is_dir():
        return any(NAME.fullmatch(each.name) for each in path.iterdir())
    return NAME.fullmatch(path.name) is not None or path.suffix == ".idx"


def read_idx_entries(path: Path) -> list[Entry]:
    """Reads the images of one IDX file, or of all in a folder, with their labels.

    Args:
        path: a file of images, whose labels lie beside it; or a folder with train-images-… and
            t10k-images-…, or with a single pair.

    Raises:
        vaereg.DataError: if there are no images, or a file is corrupt.
    """
    folder = path if path.is_dir() else path.parent
    names = [match for each in sorted(folder.iterdir()) if (match := NAME.fullmatch(each.name))]
    if not path.is_dir():
        names = [match for match in names if match.string == path.name or match["what"] == "labels"]
        if not any(match.string == path.name for match in names):
            return [Entry("all", path.name, read_idx(path, _axes(path)), None)]
    images = {match["part"]: match for match in names if match["what"] == "images"}
    labels = {match["part"]: match for match in names if match["what"] == "labels"}
    if not images:
        raise vaereg.DataError(f"{path}: holds no IDX files of images")
    entries = []
    for part, match in images.items():
        named = labels.get(part)
        entries.append(
            Entry(
                PARTS.get(part.lower(), "all") if len(images) > 1 else "all",
                match.string,
                read_idx(folder / match.string, int(match["axes"])),
                read_idx(folder / named.string, int(named["axes"])) if named else None,
            )
        )
    if len({entry.part for entry in entries}) < len(entries):
        raise vaereg.DataError(
            f"{path}: several files of images are of the same part: "
            f"{', '.join(entry.name for entry in entries)}. Set path to one of them."
        )
    return sorted(entries, key=lambda entry: entry.part != "train")


def _axes(path: Path) -> int:
    """The number of axes that the header of an IDX file declares; 0 if it has no header."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
        if start[:2] == b"\x1f\x8b":
            with gzip.open(path) as unpacked:
                start = unpacked.read(4)
    except (OSError, EOFError):
        return 0
    return start[3] if len(start) == 4 else 0
