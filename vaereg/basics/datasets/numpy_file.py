"""Opens .npy and .npz files without ever running code from them."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

import vaereg

PARTS = ("train", "validation", "test")
SPELLINGS = {"train": ("train",), "validation": ("val", "validation", "valid"), "test": ("test",)}


def open_npy(path: Path) -> np.ndarray:
    """The array in a .npy file, memory-mapped: values are read when they are used.

    Raises:
        vaereg.DataError: when it is no such file, is cut short, or holds Python objects.
    """
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise vaereg.DataError(
            f"{path}: cannot be read as .npy: {error}. "
            "Save it again with numpy.save; arrays of Python objects are not read."
        ) from error


def open_npz(path: Path) -> Mapping[str, np.ndarray]:
    """The arrays in a .npz file; each is read into memory when it is looked up.

    Raises:
        vaereg.DataError: when it is no such file.
    """
    try:
        archive = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise vaereg.DataError(
            f"{path}: cannot be read as .npz: {error}. Save it again with numpy.savez."
        ) from error
    if not isinstance(archive, np.lib.npyio.NpzFile):
        raise vaereg.DataError(f"{path}: holds one plain array; name it .npy")
    return archive


def entry(archive: Mapping[str, np.ndarray], name: str, path: Path) -> np.ndarray:
    """One array of a .npz file.

    Raises:
        vaereg.DataError: when there is none of that name, it is corrupt, or holds objects.
    """
    if name not in archive:
        raise vaereg.DataError(
            f'{path}: no array "{name}"; it holds {", ".join(archive) or "none"}'
        )
    try:
        return archive[name]
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise vaereg.DataError(
            f'{path}: array "{name}" cannot be read: {error}. '
            "Save it again with numpy.savez; arrays of Python objects are not read."
        ) from error


def entry_names(
    archive: Mapping[str, np.ndarray], x: str, y: str, path: Path
) -> tuple[dict[str, str], dict[str, str]]:
    """Which arrays hold the examples and the labels of each part.

    Args:
        archive: the file's arrays.
        x, y: names that the user gave, or empty to look for `x_train`, `x_val`, `x_test` (or
            `train_images`, …; labels `y_train` or `train_labels`), then `x` and `y`, then the
            only array there is.

    Returns:
        Two tables, part -> name; a file that is not cut into parts has only the part "all".

    Raises:
        vaereg.DataError: when it cannot be told which array holds the examples.
    """
    if not x:
        examples = _by_part(archive, ("x_{}", "{}_images", "{}_x"))
        if "train" in examples:
            labels = _by_part(archive, ("y_{}", "{}_labels", "{}_y"))
            return examples, {part: name for part, name in labels.items() if part in examples}
        names = list(archive)
        found = "x" if "x" in names else names[0] if len(names) == 1 else ""
        if not found:
            raise vaereg.DataError(
                f"{path}: cannot tell which array holds the examples among "
                f'{", ".join(names) or "none"}; name it with x = "…". '
                "Found by themselves: x, or x_train with x_val and x_test."
            )
        x = found
        y = y or ("y" if "y" in names else "")
    return {"all": x}, {"all": y} if y else {}


def _by_part(archive: Mapping[str, np.ndarray], patterns: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for part in PARTS:
        names = [p.format(spelling) for p in patterns for spelling in SPELLINGS[part]]
        name = next((name for name in names if name in archive), None)
        if name is not None:
            found[part] = name
    return found
