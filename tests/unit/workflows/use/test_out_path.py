"""Which files and folders a result may be written to."""

from __future__ import annotations

from pathlib import Path

import pytest

from vaereg.errors import UsageError
from vaereg.workflows.use.out_path import FOLDER, out_path


def test_what_exists_is_replaced_only_if_told(tmp_path: Path) -> None:
    path = tmp_path / "z.csv"
    assert out_path(str(path), [".csv"], force=False) == path
    path.write_text("old")
    with pytest.raises(UsageError, match=r"z.csv already exists, .*--force"):
        out_path(str(path), [".csv"], force=False)
    assert out_path(str(path), [".csv"], force=True) == path
    assert out_path(f"{tmp_path / 'new'}/", [FOLDER], force=False) == tmp_path / "new"
    with pytest.raises(UsageError, match="has files in it"):
        out_path(str(tmp_path), [FOLDER], force=False)


@pytest.mark.parametrize("out", ["z.txt", "z/", "z"])
def test_another_kind_of_file_is_refused_with_those_that_are_allowed(out: str) -> None:
    with pytest.raises(UsageError, match=r"give a .csv file or a .npz file"):
        out_path(out, [".csv", ".npz"], force=False)
