"""Rows are written batch by batch, and the file is complete or not there."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
import pytest

from vaereg.errors import UsageError
from vaereg.workflows.use.row_files import check_row_file, row_writer

BATCHES = [
    {"name": ["a, b", "ü"], "mode": np.arange(8, dtype=np.float32).reshape(2, 2, 2) / 3},
    {"name": ["c" * 40], "mode": np.full((1, 2, 2), np.nan, np.float32)},
]


def written(path: Path) -> Path:
    with row_writer(path) as writer:
        for batch in BATCHES:
            writer.write(batch)
    return path


def test_a_table_has_a_column_for_each_value(tmp_path: Path) -> None:
    path = written(tmp_path / "new" / "z.csv")
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == ["name", "mode_1", "mode_2", "mode_3", "mode_4"]
    assert [row[0] for row in rows] == ["a, b", "ü", "c" * 40] and rows[2][1:] == [""] * 4
    kept = np.array([row[1:] for row in rows[:2]], np.float32)
    assert np.array_equal(kept, BATCHES[0]["mode"].reshape(2, 4))


def test_arrays_keep_their_shape_and_type(tmp_path: Path) -> None:
    with np.load(written(tmp_path / "z.npz"), allow_pickle=False) as found:
        assert sorted(found) == ["mode", "names"] and found["mode"].dtype == np.float32
        expected = np.concatenate([batch["mode"] for batch in BATCHES])
        assert np.array_equal(found["mode"], expected, equal_nan=True)
        assert found["names"].tolist() == ["a, b", "ü", "c" * 40]


@pytest.mark.parametrize("kind", ["csv", "npz"])
def test_an_error_leaves_no_half_file_and_the_old_one_as_it_was(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"z.{kind}"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), row_writer(path) as writer:
        writer.write(BATCHES[0])
        raise ZeroDivisionError
    assert [each.name for each in tmp_path.iterdir()] == [path.name] and path.read_text() == "old"


def test_a_parquet_file_without_pyarrow_is_refused_with_the_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"vaereg\[parquet\]"):
        check_row_file(Path("z.parquet"))
    check_row_file(Path("z.csv"))


def test_a_parquet_file_has_the_columns_of_a_table(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(written(tmp_path / "z.parquet"))
    assert table.column_names == ["name", "mode_1", "mode_2", "mode_3", "mode_4"]
    assert table["name"].to_pylist() == ["a, b", "ü", "c" * 40]
