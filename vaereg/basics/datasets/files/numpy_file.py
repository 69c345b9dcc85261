"""Reads .npz files without ever executing code from them."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import attrs
import numpy as np

import vaereg
from vaereg.basics.datasets.files.free_memory import require_memory
from vaereg.basics.datasets.files.shortened import in_a_row

SPELLINGS = {"train": ("train",), "validation": ("val", "validation", "valid"), "test": ("test",)}

EXAMPLES = ("x", "images", "data", "X", "arr_0")
"""The usual names of examples, the most usual first."""
LABELS = ("y", "labels", "target", "Y", "label", "targets")
"""The usual names of labels, the most usual first."""


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


def read_npz(path: Path, x: str, y: str) -> tuple[list[Entry], list[str]]:
    """Reads the examples and labels of a .npz file into memory.

    Args:
        path: the file.
        x, y: the names of the arrays of examples and labels; empty to find them by usual names.

    Returns:
        The examples of each part, and a note if arrays are left that may be data.

    Raises:
        vaereg.DataError: if the file is not a .npz file, if an array is corrupt or holds Python
            objects, or if it is not clear which array holds the examples.
    """
    again = "Save it again with numpy.savez; arrays of Python objects are not supported."
    with path.open("rb") as file:
        try:
            archive = np.load(file, allow_pickle=False)
        except Exception as error:  # numpy raises many types for files that are not what they seem
            why = why_unreadable(error)
            raise vaereg.DataError(f"{path}: cannot be read as .npz: {why}. {again}") from error
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise vaereg.DataError(
                f"{path}: holds a single array, not an archive; rename it to end in .npy"
            )

        def read(name: str) -> np.ndarray:
            _check_size(path, archive.zip, name)
            try:
                values = archive[name]
            except Exception as error:  # as above
                why = why_unreadable(error)
                raise vaereg.DataError(
                    f'{path}: array "{name}" cannot be read: {why}. {again}'
                ) from error
            if not isinstance(values, np.ndarray):
                raise vaereg.DataError(f'{path}: "{name}" is not an array. {again}')
            return values

        there = list(archive)
        examples, labels = _names_by_part(there, x, y, path)
        entries = [
            Entry(part, name, read(name), read(labels[part]) if labels else None)
            for part, name in examples.items()
        ]
    left = [name for name in there if name not in {*examples.values(), *labels.values()}]
    if not left or (x and (y or not any(name in LABELS for name in left))):
        return entries, []
    used = ", ".join(each.name for each in entries)
    note = f"{path}: the examples are {used}"
    note += f", the labels {', '.join(labels.values())}" if labels else ", without labels"
    return entries, [f"{note}; not used: {', '.join(left)}. For others, set x and y."]


def why_unreadable(error: Exception) -> str:
    """Why numpy does not read a file or an array, without its advice to load pickles."""
    text = str(error).rstrip(".") or type(error).__name__
    if "pickle" in text or "Python objects" in text:
        return "it holds pickled Python objects, or is no file of numpy"
    return text


def _check_size(path: Path, archive: zipfile.ZipFile | None, name: str) -> None:
    """Raises DataError for an array that memory cannot hold, before memory is taken for it."""
    members = archive.infolist() if archive is not None else []
    sizes = [each.file_size for each in members if each.filename == f"{name}.npy"]
    if sizes:
        require_memory(
            sizes[0],
            f'{path}: array "{name}"',
            "Save it as a .npy file, which is read piece by piece.",
        )


def _names_by_part(
    there: list[str], x: str, y: str, path: Path
) -> tuple[dict[str, str], dict[str, str]]:
    """The names of the arrays of examples and of labels, both by part.

    The examples are the arrays `x_train`, `x_val` and `x_test` (or `train_images`, …), with labels
    `y_train` (or `train_labels`), …; otherwise the first of `EXAMPLES` that there is, with the
    first of `LABELS`; otherwise the only array.
    """
    examples, labels = {}, {}
    if not x:
        examples = _by_part(there, EXAMPLES)
        labels = _by_part(there, LABELS)
    if "train" not in examples:
        usual = next((name for name in EXAMPLES if name in there), "")
        found = x or usual or (there[0] if len(there) == 1 else "")
        if not found:
            raise vaereg.DataError(
                f"{path}: it is not clear which array holds the examples; the arrays are "
                f'{in_a_row(there, 12) or "none"}. Name the array with x = "…". Names that need no '
                f"x = are {', '.join(EXAMPLES)}, and x_train with x_val and x_test.",
                asks={"x": there},
            )
        examples = {"all": found}
        others = [name for name in there if name != found]
        target = y or ("" if x else next((name for name in LABELS if name in others), ""))
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
            f"{path}: some parts have labels, but these have none: {', '.join(sorted(lacking))}. "
            f"Add them ({', '.join(f'y_{each}' for each in sorted(lacking))}), or save the file "
            "without labels."
        )
    return examples, labels


def _by_part(there: list[str], names: Sequence[str]) -> dict[str, str]:
    """The array of each part: `x_train` or `train_x`, for any of the names."""
    found = {}
    for part, spellings in SPELLINGS.items():
        wanted = [
            text
            for name in names
            for spelling in spellings
            for text in (f"{name}_{spelling}", f"{spelling}_{name}")
        ]
        name = next((name for name in wanted if name in there), None)
        if name is not None:
            found[part] = name
    return found
