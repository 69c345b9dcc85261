"""Reads .npy and .npz files without ever executing code from them."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import attrs
import numpy as np

import vaereg

SPELLINGS = {"train": ("train",), "validation": ("val", "validation", "valid"), "test": ("test",)}

READING = (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error)
"""The errors that numpy raises for files that are corrupt or hold Python objects."""


@attrs.frozen(eq=False)
class Entry:
    """The examples of one part of a file.

    Args:
        part: "train", "validation" or "test"; "all" if the file is not divided into parts.
        name: the name of the array in the file.
        values: the examples.
        labels: their labels, or None.
    """

    part: str
    name: str
    values: np.ndarray
    labels: np.ndarray | None


def open_npy(path: Path) -> np.ndarray:
    """Opens the array of a .npy file, memory-mapped: values are read when they are used.

    Raises:
        vaereg.DataError: if the file is not a .npy file, is truncated, or holds Python objects.
    """
    try:
        values: np.ndarray = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise vaereg.DataError(
            f"{path}: cannot be read as .npy: {error}. "
            "Save it again with numpy.save; arrays of Python objects are not supported."
        ) from error
    return values


def read_npz(path: Path, x: str, y: str) -> list[Entry]:
    """Reads the examples and labels of a .npz file into memory.

    Args:
        path: the file.
        x, y: the names of the arrays of examples and labels; empty to find them by usual names.

    Raises:
        vaereg.DataError: if the file is not a .npz file, if an array is corrupt or holds Python
            objects, or if it is not clear which array holds the examples.
    """
    again = "Save it again with numpy.savez; arrays of Python objects are not supported."
    with path.open("rb") as file:
        try:
            archive = np.load(file, allow_pickle=False)
        except READING as error:
            raise vaereg.DataError(f"{path}: cannot be read as .npz: {error}. {again}") from error
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise vaereg.DataError(
                f"{path}: holds a single array, not an archive; rename it to end in .npy"
            )

        def read(name: str) -> np.ndarray:
            try:
                return archive[name]
            except READING as error:
                raise vaereg.DataError(
                    f'{path}: array "{name}" cannot be read: {error}. {again}'
                ) from error

        examples, labels = _names_by_part(list(archive), x, y, path)
        return [
            Entry(part, name, read(name), read(labels[part]) if labels else None)
            for part, name in examples.items()
        ]


def _names_by_part(
    there: list[str], x: str, y: str, path: Path
) -> tuple[dict[str, str], dict[str, str]]:
    """The names of the arrays of examples and of labels, both by part.

    The examples are the arrays `x_train`, `x_val` and `x_test` (or `train_images`, …), with labels
    `y_train` (or `train_labels`), …; otherwise `x`, with labels `y`; otherwise the only array.
    """
    examples, labels = {}, {}
    if not x:
        examples = _by_part(there, ("x_{}", "{}_images", "{}_x"))
        labels = _by_part(there, ("y_{}", "{}_labels", "{}_y"))
    if "train" not in examples:
        found = x or ("x" if "x" in there else there[0] if len(there) == 1 else "")
        if not found:
            raise vaereg.DataError(
                f"{path}: it is not clear which array holds the examples; the arrays are "
                f'{", ".join(there) or "none"}. Name the array with x = "…". Names that need no '
                "x = are x, and x_train with x_val and x_test."
            )
        examples = {"all": found}
        target = y or ("y" if "y" in there and not x else "")
        labels = {"all": target} if target else {}
    elif y:
        raise vaereg.DataError(
            f'{path}: y = "{y}" needs x = "…" as well; without x, the examples are '
            f"{', '.join(examples.values())}"
        )
    unknown = [name for name in (*examples.values(), *labels.values()) if name not in there]
    if unknown:
        raise vaereg.DataError(
            f'{path}: has no array "{unknown[0]}"; the arrays are {", ".join(there) or "none"}'
        )
    lacking = examples.keys() - labels.keys()
    if labels and lacking:
        raise vaereg.DataError(
            f"{path}: some parts have labels, but these have none: {', '.join(sorted(lacking))}"
        )
    return examples, labels


def _by_part(there: list[str], patterns: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for part, spellings in SPELLINGS.items():
        names = [pattern.format(spelling) for pattern in patterns for spelling in spellings]
        name = next((name for name in names if name in there), None)
        if name is not None:
            found[part] = name
    return found
