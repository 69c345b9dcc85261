"""Files with a row for each example, written batch by batch: .npz, .csv and .parquet."""

from __future__ import annotations

import csv
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol, TextIO, TypeAlias

import numpy as np

from vaereg.errors import UsageError
from vaereg.runs.atomic import TEMPORARY, replacing
from vaereg.workflows.use.out_path import made_folder_of

NPZ, CSV, PARQUET = ".npz", ".csv", ".parquet"
ROW_FILES = (NPZ, CSV, PARQUET)
"""The suffixes of files that hold rows."""

PLURAL = {"name": "names", "label": "labels"}
"""What columns of texts are called as arrays."""

Columns: TypeAlias = Mapping[str, np.ndarray | Sequence[str]]
"""Name of a column -> its values (n, ...), or n texts; the same names in every batch."""


class RowWriter(Protocol):
    """Writes rows, batch by batch."""

    def write(self, columns: Columns) -> None:
        """Writes the next rows."""
        ...


def check_row_file(path: Path) -> None:
    """Raises UsageError if what writes such files is not installed."""
    if path.suffix.lower() == PARQUET:
        try:
            import pyarrow.parquet  # noqa: F401  # whether it can be imported
        except ImportError as error:
            raise UsageError(
                f"out is {path}: .parquet files need pyarrow; pip install 'vaereg[parquet]', or "
                "give a .csv or .npz file"
            ) from error


@contextmanager
def row_writer(path: Path) -> Iterator[RowWriter]:
    """A context in which rows are written to a file; it is there when the context ends, complete.

    An exception within leaves no file behind, and a previous one as it was.

    Args:
        path: a .npz file of one array for each column, or a .csv or .parquet file in which an array
            (n, a, b) has the columns NAME_1, NAME_2, ….

    Raises:
        RunError: if it cannot be written.
    """
    made_folder_of(path)
    with replacing(path) as temporary, ExitStack() as stack:
        kind = path.suffix.lower()
        if kind == CSV:
            file = stack.enter_context(temporary.open("w", encoding="utf-8", newline=""))
            yield _CsvWriter(file)
        elif kind == PARQUET:
            parquet = _ParquetWriter(temporary)
            stack.callback(parquet.close)
            yield parquet
        else:
            folder = stack.enter_context(
                tempfile.TemporaryDirectory(TEMPORARY, f".{path.name}.", path.parent)
            )
            arrays = _ArrayWriter(Path(folder), stack)
            yield arrays
            arrays.pack(temporary)


def flat(columns: Columns) -> dict[str, np.ndarray | Sequence[str]]:
    """The columns of a table: those of an array (n, a, b) are NAME_1, NAME_2, …."""
    found: dict[str, np.ndarray | Sequence[str]] = {}
    for name, values in columns.items():
        if isinstance(values, np.ndarray) and values.ndim > 1:
            wide = values.reshape(len(values), -1)
            found |= {f"{name}_{at + 1}": wide[:, at] for at in range(wide.shape[1])}
        else:
            found[name] = values
    return found


class _CsvWriter:
    def __init__(self, file: TextIO) -> None:
        self._rows = csv.writer(file, lineterminator="\n")
        self._named = False

    def write(self, columns: Columns) -> None:
        table = flat(columns)
        if not self._named:
            self._rows.writerow(table)
            self._named = True
        self._rows.writerows(zip(*map(_cells, table.values()), strict=True))


def _cells(values: np.ndarray | Sequence[str]) -> Sequence[str]:
    """Texts: floats with as many digits as they have; NaN as an empty cell."""
    if not isinstance(values, np.ndarray):
        return values
    cells: list[str] = values.astype(str).tolist()
    return ["" if cell == "nan" else cell for cell in cells]


class _ParquetWriter:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: object = None

    def write(self, columns: Columns) -> None:
        import pyarrow
        import pyarrow.parquet

        table = pyarrow.table({k: pyarrow.array(v) for k, v in flat(columns).items()})
        if self._file is None:
            self._file = pyarrow.parquet.ParquetWriter(self._path, table.schema)
        self._file.write_table(table)  # type: ignore[attr-defined]  # pyarrow has no types

    def close(self) -> None:
        if self._file is not None:
            self._file.close()  # type: ignore[attr-defined]  # likewise


class _ArrayWriter:
    """Writes arrays to a file each, and packs them when their length is known."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder, self._stack = folder, stack
        self._files: dict[str, BinaryIO] = {}
        self._kinds: dict[str, tuple[np.dtype, tuple[int, ...]]] = {}
        self._texts: dict[str, list[str]] = {}
        self._count = 0

    def write(self, columns: Columns) -> None:
        self._count += len(next(iter(columns.values())))
        for name, values in columns.items():
            if not isinstance(values, np.ndarray):
                self._texts.setdefault(name, []).extend(values)
                continue
            if name not in self._files:
                opened = (self._folder / name).open("wb")
                self._files[name] = self._stack.enter_context(opened)
                self._kinds[name] = values.dtype, values.shape[1:]
            self._files[name].write(np.ascontiguousarray(values).data)

    def pack(self, path: Path) -> None:
        """Writes all arrays to a .npz file."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, file in self._files.items():
                file.close()
                dtype, shape = self._kinds[name]
                with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                    header = np.lib.format.header_data_from_array_1_0(np.empty(0, dtype))
                    header["shape"] = (self._count, *shape)
                    np.lib.format.write_array_header_1_0(entry, header)
                    with (self._folder / name).open("rb") as stored:
                        shutil.copyfileobj(stored, entry, 2**20)
            for name, texts in self._texts.items():
                with archive.open(f"{PLURAL.get(name, name)}.npy", "w", force_zip64=True) as entry:
                    np.lib.format.write_array(entry, np.array(texts, np.str_), allow_pickle=False)
