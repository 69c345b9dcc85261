"""Files of examples in the units of the data, written batch by batch: .npz, .csv, or pictures."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from vaereg.contracts.data import Data, DataSpec
from vaereg.errors import RunError, UsageError
from vaereg.runs.atomic import TEMPORARY
from vaereg.runs.texts import texts_of
from vaereg.wording import unused
from vaereg.workflows.use.out_path import FOLDER, made_folder_of
from vaereg.workflows.use.row_files import CSV, NPZ, row_writer

if TYPE_CHECKING:
    from vaereg.workflows.use.row_files import Columns


class ExampleWriter(Protocol):
    """Writes examples, batch by batch."""

    def write(self, examples: np.ndarray, names: Sequence[str]) -> None:
        """Writes examples (n, *data), as the model gives them, with where they come from."""
        ...


def kinds_of_files(spec: DataSpec) -> tuple[str, ...]:
    """The suffixes of files that hold examples of this data, and FOLDER for pictures of each."""
    return {"image": (NPZ, FOLDER), "vector": (NPZ, CSV)}.get(spec.form, (NPZ,))


@contextmanager
def example_writer(
    path: Path, what: str, spec: DataSpec, data: Callable[[], Data]
) -> Iterator[ExampleWriter]:
    """A context in which examples are written; the result is there when it ends, complete.

    Args:
        path: a .npz file, a .csv file with the columns of the data's own file, or a folder for a
            PNG file of each image, which has the name of the image that it comes from.
        what: the name of the array in a .npz file, such as "reconstructions".
        spec: of the examples.
        data: reads the training data; called if it alone tells their units.

    Raises:
        RunError: if the files cannot be written, or examples are NaN or infinite.
    """
    if path.suffix.lower() in (NPZ, CSV) and not path.is_dir():
        with row_writer(path) as rows:

            def write(columns: Columns) -> None:
                rows.write(columns)

            known = None if spec.original_range is not None else data()
            is_table = path.suffix.lower() == CSV
            yield _Rows(write, what, spec, known, is_table=is_table)
        return
    made_folder_of(path)
    with tempfile.TemporaryDirectory(TEMPORARY, f".{path.name}.", path.parent) as folder:
        yield _Pictures(Path(folder), spec)
        _moved(Path(folder), path)


class _Rows:
    def __init__(
        self,
        write: Callable[[Columns], None],
        what: str,
        spec: DataSpec,
        data: Data | None,
        *,
        is_table: bool,
    ) -> None:
        self._write, self._what, self._spec, self._data = write, what, spec, data
        self._is_table = is_table

    def write(self, examples: np.ndarray, names: Sequence[str]) -> None:
        check_finite(examples, names)
        spec, data = self._spec, self._data
        shown = spec.to_original(examples) if data is None else data.in_original_units(examples)
        texts = texts_of(shown)
        if not self._is_table:
            self._write({"name": names, self._what: shown if texts is None else texts})
            return
        if data is not None and data.to_rows is not None:
            columns, rows = data.to_rows(examples)
            cells: list[Sequence[str]] = [list(column) for column in zip(*rows, strict=True)]
        elif texts is not None:
            columns, cells = ["text"], [texts]
        else:
            columns = [str(at + 1) for at in range(examples.shape[1])]
            cells = [[f"{value:g}" for value in column] for column in shown.T.tolist()]
        own = unused("name", columns)
        self._write({own: names, **dict(zip(columns, cells, strict=True))})


class _Pictures:
    """Writes images as PNG files into a folder, named for what they come from."""

    def __init__(self, folder: Path, spec: DataSpec) -> None:
        self._folder, self._spec = folder, spec
        self._taken: set[str] = set()
        self._count = 0

    def write(self, examples: np.ndarray, names: Sequence[str]) -> None:
        from PIL import Image

        from vaereg.pictures.picture_cells import image_cells

        check_finite(examples, names)
        cells = image_cells(np.asarray(examples, np.float32), self._spec.value_range, 1)
        for cell, name in zip(cells, names, strict=True):
            file = self._folder / self._file_for(name)
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                picture = cell[..., 0] if examples.shape[-1] != 3 else cell
                Image.fromarray(picture).save(file, format="PNG")
            except OSError as error:
                raise RunError(f"cannot write {file.name}: {error.strerror or error}") from error

    def _file_for(self, name: str) -> str:
        """`cats/07.jpg` -> `cats/07.png`; what is no path, such as `x.npy[3]`, gets its number."""
        path = Path(name)
        is_file = path.suffix[1:].isalnum() and not path.is_absolute() and ".." not in path.parts
        wanted = path.with_suffix("").as_posix() if is_file else f"{self._count:06d}"
        self._count += 1
        free = unused(wanted, self._taken)
        self._taken.add(free)
        return f"{free}.png"


def _moved(source: Path, target: Path) -> None:
    """Moves every file of a folder into another, which may have others."""
    try:
        for file in sorted(each for each in source.rglob("*") if each.is_file()):
            place = target / file.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            file.replace(place)
    except OSError as error:
        raise RunError(f"cannot write into {target}: {error.strerror or error}") from error


def check_finite(examples: np.ndarray, names: Sequence[str]) -> None:
    """Raises RunError, naming the first example that has NaN or infinite values."""
    finite = np.isfinite(examples.reshape(len(examples), -1)).all(axis=1)
    if not finite.all():
        raise RunError(
            f"what the model gives for {names[int(np.argmin(finite))]} is NaN or infinite; the "
            "weights probably are too"
        )


def check_example_file(path: Path, spec: DataSpec) -> None:
    """Raises UsageError if examples of this data cannot be written so."""
    folder = path.is_dir() or not path.suffix
    kind = FOLDER if folder else path.suffix.lower()
    if kind not in kinds_of_files(spec):
        allowed = " or ".join(
            "a folder with a / at its end" if each == FOLDER else f"a {each} file"
            for each in kinds_of_files(spec)
        )
        raise UsageError(f"out is {path}: for {spec.in_words}, give {allowed}")
