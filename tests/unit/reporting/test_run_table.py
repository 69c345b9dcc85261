"""Several evaluated runs in one table."""

from __future__ import annotations

import csv
import io

import attrs
import pytest

from tests.helpers.reported_runs import evaluation
from vaereg.contracts.plain_values import JsonObject
from vaereg.reporting.run_table import (
    REAL,
    RunTable,
    as_csv,
    as_markdown,
    as_records,
    as_text_rows,
    run_table,
)


def declared(model: str, latent: int) -> JsonObject:
    return {"models": {model: {"latent": latent}}, "train": {"epochs": 20}}


@pytest.fixture
def table() -> RunTable:
    first, second = evaluation("a"), evaluation("b", shift=2.0)
    lacking = {name: each for name, each in second.scores.items() if name != "active_units"}
    return run_table(
        ["a", "b|c"],
        [declared("a", 8), declared("b", 24)],
        [first, attrs.evolve(second, scores=lacking)],
    )


def test_what_differs_and_the_deciding_scores_are_columns(table: RunTable) -> None:
    header, rows = as_text_rows(table, table.primary_scores)

    assert header == (
        "run",
        "latent",
        "spectrum_distance",
        "coverage_classifier",
        "coverage_efficientnet_lite0",
        "kernel_distance_classifier",
        "kernel_distance_efficientnet_lite0",
    )
    assert rows[0] == ("a", "8", "6.00 dB", "60.0 %", "60.0 %", "0.210", "0.210")
    assert rows[1] == ("b|c", "24", "4.00 dB", "70.0 %", "70.0 %", "0.160", "0.160")
    assert rows[2] == (REAL, "", "0.0500 dB", "96.0 %", "96.0 %", "4.0e-04", "4.0e-04")


def test_runs_on_other_examples_have_no_common_reference(table: RunTable) -> None:
    first, second = table.evaluations
    other = attrs.evolve(second.evaluated_on, positions="0" * 16)
    changed = attrs.evolve(table, evaluations=(first, attrs.evolve(second, evaluated_on=other)))

    assert len(as_text_rows(changed, changed.primary_scores)[1]) == 2


def test_csv_holds_every_number_and_leaves_missing_ones_empty(table: RunTable) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(table))))

    assert [row["run"] for row in rows] == ["a", "b|c"]
    assert [row["latent"] for row in rows] == ["8", "24"]
    for row, each in zip(rows, table.evaluations, strict=True):
        for name in table.scores:
            score = each.scores.get(name)
            read = [row[name + end] for end in ("", "_low", "_high", "_reference")]
            found = [] if score is None else [score.value, score.low, score.high, score.reference]
            assert read == ["" if v is None else str(v) for v in found or [None] * 4]


def test_markdown_has_a_line_for_each_run_and_escapes_bars(table: RunTable) -> None:
    lines = as_markdown(table).splitlines()

    assert len(lines) == 2 + 3
    assert lines[3].startswith("| b\\|c | 24 |")
    assert len({line.replace("\\|", "").count("|") for line in lines}) == 1


def test_records_name_what_differs_and_every_score(table: RunTable) -> None:
    first, second = as_records(table)

    assert (first["run"], first["differs"]) == ("a", {"latent": "8"})
    assert first["scores"]["hf_gap"]["reference"] == 0.05
    assert "active_units" not in second["scores"]
