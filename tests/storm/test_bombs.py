"""A file that is a bomb, or not what it seems, is named in one error, soon and in little memory."""

from __future__ import annotations

import gzip
import os
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import vaereg
from tests.storm.bombs import ARRAYS, FASHION, IDX, LINKS, MUCH, PICTURES, TABLES, some_pictures
from tests.storm.time_limit import time_limit
from vaereg.basics.datasets.arrays import Arrays
from vaereg.basics.datasets.csv_table import CsvTable
from vaereg.basics.datasets.declared import (
    ArraysParams,
    CsvParams,
    FashionMnistParams,
    ImageFolderParams,
)
from vaereg.basics.datasets.fashion_mnist import FashionMnist
from vaereg.basics.datasets.image_folder import ImageFolder
from vaereg.declaration.text.document import LARGEST, read_document


@contextmanager
def soon_and_in_little_memory(most: float = MUCH / 2) -> Iterator[None]:
    """Fails if the block takes half a minute, or allocates `most` bytes that it then uses."""
    tracemalloc.start()
    try:
        with time_limit(30):
            yield
        assert tracemalloc.get_traced_memory()[1] < most
    finally:
        tracemalloc.stop()


@pytest.mark.slow
@pytest.mark.parametrize("name", PICTURES)
def test_what_is_no_picture_is_named(
    name: str, tmp_path: Path, context: vaereg.BuildContext
) -> None:
    some_pictures(tmp_path)
    PICTURES[name](tmp_path / "x.png")
    params = ImageFolderParams(path=".", channels=1, size=8)

    with soon_and_in_little_memory(400e6), pytest.raises(vaereg.DataError, match=r"x\.png"):
        data = ImageFolder(params, context)()
        data.train.take(range(len(data.train)))


@pytest.mark.slow
@pytest.mark.parametrize("name", LINKS)
def test_links_that_lead_nowhere_and_pipes_are_left_out(
    name: str, tmp_path: Path, context: vaereg.BuildContext
) -> None:
    some_pictures(tmp_path)
    LINKS[name](tmp_path / "x.png")

    with soon_and_in_little_memory():
        data = ImageFolder(ImageFolderParams(path=".", channels=1), context)()

    assert data.spec.size == 10
    assert name == "a link to the folder above" or "left out" in " ".join(data.notes)


@pytest.mark.slow
@pytest.mark.parametrize("name", ARRAYS)
def test_what_is_no_file_of_arrays_is_named(
    name: str, tmp_path: Path, context: vaereg.BuildContext
) -> None:
    file, write = ARRAYS[name]
    write(tmp_path / file)

    with time_limit(30), pytest.raises(vaereg.DataError, match=file.replace(".", r"\.")) as caught:
        Arrays(ArraysParams(path=file), context)()
    assert len(str(caught.value)) < 1500


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_what_is_no_table_is_named(name: str, tmp_path: Path, context: vaereg.BuildContext) -> None:
    TABLES[name](tmp_path / "x.csv")

    with soon_and_in_little_memory(), pytest.raises(vaereg.DataError, match=r"x\.csv"):
        CsvTable(CsvParams(path="x.csv"), context)()


@pytest.mark.slow
@pytest.mark.parametrize("pipes", [False, True])
def test_a_gzip_bomb_or_a_pipe_in_the_place_of_fashion_mnist_is_named(
    pipes: bool, tmp_path: Path, context: vaereg.BuildContext
) -> None:
    for name in FASHION:
        if pipes:
            os.mkfifo(tmp_path / f"{name}-ubyte")
        else:
            size = MUCH if name == FASHION[0] else 100
            (tmp_path / f"{name}-ubyte.gz").write_bytes(gzip.compress(IDX + bytes(size), 1))

    with soon_and_in_little_memory(), pytest.raises(vaereg.DataError, match="train-images-idx3"):
        FashionMnist(FashionMnistParams(path=".", source="idx"), context)()


def _too_large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (os.mkfifo, "a pipe or a device"),
        (lambda path: path.symlink_to("/dev/zero"), "a pipe or a device"),
        (lambda path: path.symlink_to(path.name), "cannot be read"),
        (_too_large, "bytes; a registry has at most"),
    ],
    ids=["pipe", "device", "link to itself", "too large"],
)
def test_what_is_no_registry_is_named_and_not_waited_for(
    write: Callable[[Path], object], said: str, tmp_path: Path
) -> None:
    write(tmp_path / "registry.toml")

    with (
        soon_and_in_little_memory(),
        pytest.raises(vaereg.DeclarationError, match=said) as caught,
    ):
        read_document(tmp_path / "registry.toml")
    assert "registry.toml" in caught.value.problems[0].place.source
