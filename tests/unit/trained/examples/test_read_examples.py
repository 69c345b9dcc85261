"""Files are read with the dataset of the run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import vaereg
from tests.helpers.tiny_run import blobs, write_project
from vaereg.assembly.load_data import load_data
from vaereg.basics.datasets.arrays import Arrays
from vaereg.discovery.declare import declare
from vaereg.host.progress import Progress
from vaereg.trained.examples.read_examples import examples_of_split, read_examples

NEW = blobs(5, 9)


def read(folder: Path, name: str = "new.npz") -> vaereg.Examples:
    declaration = declare(write_project(folder))
    data = load_data(declaration)
    return read_examples(folder / name, declaration, data.spec, lambda: data, Progress(quiet=True))


def test_a_file_is_read_as_the_training_data_was(tmp_path: Path) -> None:
    np.savez(tmp_path / "new.npz", x=NEW, y=["a", "b", "b", "a", "c"])
    examples = read(tmp_path)
    some = np.array([4, 1])
    assert examples.names(some) == ["new.npz, x[4]", "new.npz, x[1]"]
    assert examples.labels(some) == ["c", "b"]
    assert np.array_equal(examples.split.take(some), NEW[some] * np.float32(1 / 255))


def test_a_split_of_the_run_has_the_names_of_its_own_files(tmp_path: Path) -> None:
    data = load_data(declare(write_project(tmp_path)))
    examples = examples_of_split(data, "test", "blobs")
    assert len(examples) == 8 and examples.labels(np.arange(2)) is None
    assert examples.names(np.array([3])) == ["blobs.npz, x_test[3]"]
    with pytest.raises(vaereg.UsageError, match="train, validation or test"):
        examples_of_split(data, "all", "blobs")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(vaereg.DataError, match=r"nothing\.npy does not exist"):
        read(tmp_path, "nothing.npy")


def test_a_dataset_that_reads_nothing_else_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.savez(tmp_path / "new.npz", x=NEW)
    monkeypatch.delattr(Arrays, "read")
    with pytest.raises(vaereg.DataError, match=r"reads no other files .*vaereg\.load"):
        read(tmp_path)


def test_what_a_plugin_gives_instead_of_examples_is_its_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.savez(tmp_path / "new.npz", x=NEW)
    monkeypatch.setattr(Arrays, "read", lambda self, path, spec, data: NEW)
    with pytest.raises(vaereg.VaeregError, match=r"gave ndarray; `read` .* gives Examples"):
        read(tmp_path)
