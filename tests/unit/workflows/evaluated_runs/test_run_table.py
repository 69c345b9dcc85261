"""The file of a table of runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers.reported_runs import evaluation
from vaereg.errors import RunError, UsageError
from vaereg.reporting.run_table import run_table
from vaereg.runs.layout import RunFolder
from vaereg.workflows.evaluated_runs.run_table import check_table_file, table_of_runs, write_table


@pytest.mark.parametrize("name", ["scores", "scores.txt", "scores.csv.gz"])
def test_another_ending_is_refused_with_the_allowed_ones(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"\.csv, \.md or \.json; got .*scores"):
        check_table_file(tmp_path / name)


def test_a_folder_and_a_missing_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a folder"):
        check_table_file(tmp_path)
    with pytest.raises(RunError, match="does not exist"):
        check_table_file(tmp_path / "no" / "scores.csv")


def test_the_ending_decides_the_format(tmp_path: Path) -> None:
    table = run_table(["a"], [{}], [evaluation("a")])
    for name in ("scores.csv", "scores.MD", "scores.json"):
        check_table_file(tmp_path / name)
        write_table(table, tmp_path / name)

    assert (
        (tmp_path / "scores.csv")
        .read_text()
        .startswith("run,spectrum_distance,spectrum_distance_low")
    )
    assert (tmp_path / "scores.MD").read_text().startswith("| run | spectrum_distance | hf_gap |")
    assert json.loads((tmp_path / "scores.json").read_text())["runs"][0]["run"] == "a"


def test_a_declaration_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"declaration\.toml is missing"):
        table_of_runs([("a", RunFolder(tmp_path))], [evaluation("a")])
