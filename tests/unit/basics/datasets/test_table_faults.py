"""Tables as they come: delimiters, decimal commas, text, missing cells, dates, groups; and back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import vaereg
from tests.unit.basics.datasets.test_csv_table import everything, load, write
from vaereg.basics.datasets.files.csv_file import read_cells


def people(count: int = 60, *, blank: bool = False) -> str:
    """A table with numbers, a column of categories and one of True and False."""
    rng = np.random.default_rng(0)
    lines = ["age,income,city,member"]
    for number in range(count):
        age, income = rng.normal(50, 10), rng.normal(3, 1)
        city = ("Bern", "Oslo", "Rome")[number % 3]
        cells = [f"{age:.1f}", f"{income:.2f}", city, str(number % 2 == 0)]
        if blank and number % 10 == 3:
            cells[(0, 2)[number % 20 == 3]] = ""
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


def rows_of(context: vaereg.BuildContext) -> list[list[str]]:
    text = (context.folder / "t.csv").read_text()
    return sorted(line.split(",") for line in text.splitlines()[1:])


def written(data: vaereg.Data) -> list[list[str]]:
    assert data.to_rows is not None
    return sorted(list(row) for row in data.to_rows(everything(data))[1])


def test_columns_of_text_that_are_left_out_are_told_with_the_key_to_set(
    context: vaereg.BuildContext,
) -> None:
    write(context, people())
    data = load(context)
    assert data.spec.shape == (2,)
    (told,) = data.notes
    assert "2 of 4 columns hold text and are left out: 'city' ('Bern'), 'member' ('True')" in told
    assert load(context, drop=("city", "member")).notes == ()


@pytest.mark.parametrize("missing", ["error", "indicator"])
@pytest.mark.parametrize(
    ("params", "values"),
    [({"text": "one_hot"}, 7), ({"text": "ordinal"}, 4), ({"one_hot": ("city",)}, 5)],
)
def test_text_is_encoded_and_written_back_in_the_columns_of_the_file(
    context: vaereg.BuildContext, params: dict[str, object], values: int, missing: str
) -> None:
    write(context, people(blank=missing == "indicator"))
    data = load(context, missing=missing, **params)
    if missing == "error":
        assert data.spec.shape == (values,)
    assert data.to_rows is not None
    names = data.to_rows(everything(data))[0]
    kept = [["age", "income", "city", "member"].index(name) for name in names]
    assert written(data) == sorted([row[at] for at in kept] for row in rows_of(context))


def test_one_hot_values_are_written_back_by_the_largest(context: vaereg.BuildContext) -> None:
    write(context, people())
    data = load(context, text="one_hot", drop=("age", "income", "member"))
    assert data.to_display is not None and data.from_display is not None
    assert data.to_display.columns == ("city=Bern", "city=Oslo", "city=Rome")
    assert data.to_rows is not None
    blurred = data.from_display(np.array([[0.2, 0.5, 0.3], [0.4, 0.3, 0.35]]))
    assert data.to_rows(blurred) == (("city",), [["Oslo"], ["Bern"]])


def test_numbers_are_written_back_with_the_decimals_of_the_file(
    context: vaereg.BuildContext,
) -> None:
    write(context, "a,b\n" + "".join(f"{i},{i / 4:.2f}\n" for i in range(20)))
    data = load(context)
    assert data.to_rows is not None
    assert data.to_rows(np.zeros((1, 2)))[1][0][0].isdigit()
    assert written(data) == rows_of(context)


def test_too_many_texts_to_encode_are_refused(context: vaereg.BuildContext) -> None:
    write(context, "a,name\n" + "".join(f"{i},person {i}\n" for i in range(300)))
    with pytest.raises(vaereg.DataError, match=r"'name' has 300 different texts.*drop = \['name'"):
        load(context, text="one_hot")


@pytest.mark.parametrize(
    "date", ["2020-01-{:02}", "{:02}.01.2020", "1/{:02}/20", "2020-01-{:02}T10:00"]
)
def test_dates_are_refused_with_a_sentence(context: vaereg.BuildContext, date: str) -> None:
    write(context, "a,when\n" + "".join(f"{i},{date.format(i + 1)}\n" for i in range(20)))
    with pytest.raises(
        vaereg.DataError, match=r"'when' holds dates .*days since .*drop = \['when'"
    ):
        load(context)
    assert load(context, drop=("when",)).spec.shape == (1,)


@pytest.mark.parametrize("cell", ["inf", "<5", '"1,200"', "3 %", "1_000", "12 mm"])
@pytest.mark.parametrize("row", [1, 20])
def test_a_bad_cell_of_a_column_of_numbers_is_told_wherever_it_stands(
    context: vaereg.BuildContext, cell: str, row: int
) -> None:
    rows = [f"{150 + i},{cell if i == row else i * 1.5},{50 + i % 9}" for i in range(1, 61)]
    write(context, "height,dose,weight\n" + "\n".join(rows) + "\n")
    with pytest.raises(vaereg.DataError, match=rf"line {row + 1}, column 'dose' is .*not a finite"):
        load(context)


def test_rows_with_missing_cells_are_dropped_and_told(context: vaereg.BuildContext) -> None:
    write(context, people(blank=True))
    with pytest.raises(vaereg.DataError, match=r'missing = "drop_rows", "median" or "indicator"'):
        load(context)
    data = load(context, text="one_hot", missing="drop_rows")
    assert len(everything(data)) == 54
    assert "6 of 60 rows have missing cells and are left out, such as line 5" in "".join(data.notes)


def test_missing_cells_get_the_median_of_the_training_rows_and_an_indicator_on_request(
    context: vaereg.BuildContext,
) -> None:
    write(context, "a,b\n" + "".join(f"{i},{'' if i % 4 == 3 else i}\n" for i in range(40)))
    data = load(context, missing="median")
    assert data.to_display is not None
    back = data.to_display(everything(data))
    training = data.to_display(data.train.take(np.arange(len(data.train))))
    known = training[training[:, 0] % 4 != 3, 1]
    filled = back[np.rint(back[:, 0]) % 4 == 3, 1]
    assert np.allclose(filled, np.median(known))
    assert "10 missing cells in 1 columns are filled in" in "".join(data.notes)

    marked = load(context, missing="indicator")
    assert marked.to_display is not None
    assert marked.to_display.columns == ("a", "b", "b is missing")
    assert written(marked) == rows_of(context)


def test_the_delimiter_and_decimal_commas_are_found_and_told(context: vaereg.BuildContext) -> None:
    write(context, "a;b\n" + "".join(f"{i},5;{i},{i % 10}\n" for i in range(20)))
    data = load(context)
    assert data.spec.shape == (2,)
    told = "".join(data.notes)
    assert "cells are divided by ';'" in told and "decimal comma" in told
    assert data.to_display is not None
    assert set(np.rint(data.to_display(everything(data))[:, 0] * 10) % 10) == {5}
    assert load(context, delimiter=";", decimal=",").notes == ()


def test_a_header_of_numbers_is_asked_about(context: vaereg.BuildContext) -> None:
    write(context, "2019,2020\n" + "".join(f"{i}.25,{i}.5\n" for i in range(20)))
    assert 'if it holds names, set header = "yes"' in "".join(load(context).notes)
    assert load(context, header="yes").notes == load(context, header="no").notes == ()


def test_a_group_is_never_divided_between_splits(context: vaereg.BuildContext) -> None:
    rng = np.random.default_rng(0)
    patients = rng.integers(0, 25, 300)
    rows = [f"{p},{p + rng.random():.4f},{rng.normal():.4f}" for p in patients]
    write(context, "patient,a,b\n" + "\n".join(rows) + "\n")
    data = load(context, groups="patient", validation=0.2, test=0.2)

    assert data.spec.shape == (2,) and data.to_display is not None
    groups = [
        set(np.floor(data.to_display(split.take(np.arange(len(split))))[:, 0] + 1e-4).astype(int))
        for split in (data.train, data.validation, data.test)
        if split is not None
    ]
    assert len(groups) == 3 and not (groups[0] & groups[1] or groups[0] & groups[2])
    assert not groups[1] & groups[2]
    assert data.test is not None and 40 <= len(data.test) <= 80
    write(context, "patient,a\n" + "".join(f"1,{i}\n" for i in range(30)))
    with pytest.raises(vaereg.DataError, match="1 groups cannot be divided"):
        load(context, groups="patient")


def test_a_table_of_many_columns_is_read(context: vaereg.BuildContext) -> None:
    """With a loop over all columns for each column, this took a minute and a half."""
    head = ",".join(f"gene{i}" for i in range(60_000))
    body = "\n".join(",".join(f"{i % 7}.{row}" for i in range(60_000)) for row in range(3))
    write(context, f"{head}\n{body}\n")
    assert load(context, validation=0, test=0).spec.shape == (60_000,)


def test_the_cells_are_those_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a|b\n 1 |x\n\n2|y\n")
    table = read_cells(tmp_path / "t.csv", delimiter="", header="auto", decimal="auto")
    assert (table.names, table.rows, table.lines) == (("a", "b"), [["1", "x"], ["2", "y"]], [2, 4])
