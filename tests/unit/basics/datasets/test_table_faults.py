"""Tables as they come: delimiters, decimal commas, text, missing cells, dates, groups; and back."""

from __future__ import annotations

import gzip
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
    "date",
    [
        *("2020-01-{:02}", "{:02}.01.2020", "1/{:02}/20", "2020-01-{:02}T10:00", "{} Jan 2020"),
        *("{}-Jan-20", '"January {}, 2020"', '"Mon, {} Mar 2020"', "2020-W{:02}", "10:{:02} pm"),
    ],
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


@pytest.mark.parametrize("date", ["2020-{:02}", "{:02}/2020", "2020-{}-01", "{}. Oktober 2020"])
def test_months_are_dates_too(context: vaereg.BuildContext, date: str) -> None:
    write(context, "a,when\n" + "".join(f"{i},{date.format(i % 12 + 1)}\n" for i in range(30)))
    with pytest.raises(vaereg.DataError, match="'when' holds dates"):
        load(context, text="one_hot")


def test_dates_that_are_written_as_whole_numbers_are_told(context: vaereg.BuildContext) -> None:
    write(context, "a,when\n" + "".join(f"{i},202001{i % 28 + 1:02}\n" for i in range(30)))
    assert "column 'when' looks like dates, such as '20200101'" in "".join(load(context).notes)


def numbered(count: int = 40) -> list[str]:
    return [f"{number}.5,{number * 3 % 7}" for number in range(count)]


def test_a_column_without_a_name_is_used_and_told(context: vaereg.BuildContext) -> None:
    write(context, "a,\n" + "\n".join(numbered()) + "\n")
    data = load(context)
    assert data.spec.shape == (2,)
    assert "1 columns have no name, such as column '2'" in "".join(data.notes)


@pytest.mark.parametrize("name", ["", "Unnamed: 0", "id"])
def test_a_column_that_numbers_the_rows_is_told(context: vaereg.BuildContext, name: str) -> None:
    rows = [f"{number},{cells}" for number, cells in enumerate(numbered())]
    write(context, f"{name},a,b\n" + "\n".join(rows) + "\n")
    data = load(context)
    assert data.spec.shape == ((3,) if name == "id" else (2,))
    assert "numbers the rows (0, 1, 2, …)" in "".join(data.notes)
    assert load(context, columns=(name or "1", "a", "b")).spec.shape == (3,)


@pytest.mark.parametrize(
    ("first", "words"),
    [
        ("inf,<5", "line 1, column '1' is 'inf'"),
        ("NA,NA", "line 1, column '1' is missing"),
        ("b,5", "column '1' is 'b', not a finite number"),
    ],
)
def test_a_first_row_that_may_be_data_is_not_taken_as_names(
    context: vaereg.BuildContext, first: str, words: str
) -> None:
    write(context, "\n".join([first, *numbered()]) + "\n")
    with pytest.raises(vaereg.DataError) as caught:
        load(context)
    assert words in str(caught.value)
    assert 'If line 1 names the columns, set header = "yes"' in str(caught.value)
    assert load(context, missing="drop_rows").notes if first == "NA,NA" else True


def test_names_that_also_stand_below_are_asked_about(context: vaereg.BuildContext) -> None:
    write(context, "\n".join(f"{'abc'[i % 3]},{'xy'[i % 2]}" for i in range(40)) + "\n")
    assert 'if it is data, set header = "no"' in "".join(load(context, text="one_hot").notes)


@pytest.mark.parametrize("header", ["2019,2020,2021", "100,200,300"])
def test_a_header_of_numbers_above_whole_numbers_is_asked_about(
    context: vaereg.BuildContext, header: str
) -> None:
    write(context, f"{header}\n" + "".join(f"{i},{i * 7 % 11},{i % 5}\n" for i in range(40)))
    assert 'if it holds names, set header = "yes"' in "".join(load(context).notes)


def test_rows_without_any_cell_are_left_out_and_told(context: vaereg.BuildContext) -> None:
    rows = numbered()
    write(context, "a,b\n" + "\n".join([*rows[:5], ",", *rows[5:], ",", ","]) + "\n\n")
    data = load(context)
    assert len(everything(data)) == 40
    assert "3 rows without any cell are left out, such as line 7" in "".join(data.notes)
    write(context, "a\n1\n\n2.5\n" + "".join(f"{i}\n" for i in range(30)) + "\n")
    assert "1 rows without any cell are left out, such as line 3" in "".join(load(context).notes)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_mark_at_the_start_tells_the_encoding(
    context: vaereg.BuildContext, encoding: str
) -> None:
    text = "größe,b\n" + "\n".join(numbered()) + "\n"
    (context.folder / "t.csv").write_bytes(text.encode(encoding))
    data = load(context)
    assert data.to_rows is not None and data.to_rows(everything(data))[0] == ("größe", "b")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a,b\n1,é\n".encode("latin-1"), "line 2: byte 0xe9: cannot be read as UTF-8"),
        ("a,b\n1,2\n".encode("utf-16-le"), "holds NUL bytes"),
        pytest.param(gzip.compress(b"a,b", mtime=0), "compressed by gzip; unpack it", id="gzip"),
        (b"PK\x03\x04" + bytes(40), "a zip archive, such as a .xlsx file"),
        (b'a,b\n1,"3"4\n', "line 2: ',' expected after"),
    ],
)
def test_what_is_no_text_in_utf_8_is_told_with_its_place(
    context: vaereg.BuildContext, content: bytes, words: str
) -> None:
    (context.folder / "t.csv").write_bytes(content)
    with pytest.raises(vaereg.DataError) as caught:
        load(context)
    assert words in str(caught.value)


def test_decimal_commas_in_quotes_are_found_and_thousands_are_not_taken_for_them(
    context: vaereg.BuildContext,
) -> None:
    write(context, "a,b\n" + "".join(f'"{i},5",{i % 7}\n' for i in range(30)))
    data = load(context)
    assert data.spec.shape == (2,) and "such as '0,5' as 0.5" in "".join(data.notes)
    write(context, "a,b\n" + "".join(f'"{i + 1},200",{i % 7}\n' for i in range(30)))
    data = load(context)
    assert data.spec.shape == (1,)
    told = "".join(data.notes)
    assert "1 of 2 columns hold numbers with other characters and are left out: 'a' ('1,2" in told


@pytest.mark.parametrize("cell", ["{}%", "${}.99", "{} kg", "<{}"])
@pytest.mark.parametrize("text", ["drop", "one_hot"])
def test_a_column_whose_numbers_all_have_other_characters_is_told(
    context: vaereg.BuildContext, cell: str, text: str
) -> None:
    write(context, "a,b\n" + "".join(f"{i}.5,{cell.format(i % 7)}\n" for i in range(40)))
    told = "".join(load(context, text=text).notes)
    assert "hold numbers with other characters" in told and cell.format(0) in told


def test_constant_columns_and_categories_that_are_left_out_are_told(
    context: vaereg.BuildContext,
) -> None:
    rows = [f"{i}.5,7,{'rare' if i == 3 else 'xy'[i % 2]}" for i in range(40)]
    write(context, "a,same,city\n" + "\n".join(rows) + "\n")
    shares = {"validation": 0.3, "test": 0.3, "text": "one_hot", "drop_constant": True}
    told = ["".join(load(context, split_seed=seed, **shares).notes) for seed in range(6)]
    assert all("1 columns have one value in all training rows" in each for each in told)
    assert "'same' ('7')" in told[0]
    words = "1 categories occur in no training row and are read as none: 'city=rare' (1 rows)"
    assert any(words in each for each in told)


def test_cells_that_lose_digits_or_zeros_are_told(context: vaereg.BuildContext) -> None:
    rows = [f"{i}.5,{2**53 + i},0{1000 + i}" for i in range(40)]
    write(context, "a,big,zip\n" + "\n".join(rows) + "\n")
    told = "".join(load(context).notes)
    assert "20 cells of column 'big' have more digits than a float64 holds" in told
    assert "40 cells of column 'zip' have leading zeros, such as '01000'" in told
    write(context, "a,b\n" + "".join(f"{i},{1e12 if i == 3 else i / 1000}\n" for i in range(40)))
    assert any(
        "'b' (40 different values become" in "".join(load(context, split_seed=seed).notes)
        for seed in range(3)
    )


def test_labels_that_are_spelled_differently_stay_different_and_are_told(
    context: vaereg.BuildContext,
) -> None:
    write(context, "a,y\n" + "".join(f"{i}.5,{('1', '01', '1.0')[i % 3]}\n" for i in range(40)))
    data = load(context, target="y")
    assert data.spec.class_names == ("01", "1", "1.0")
    assert "'01' and '1' and '1.0', which are taken as different classes" in "".join(data.notes)


def test_a_missing_group_is_an_error_and_equal_numbers_are_one_group(
    context: vaereg.BuildContext,
) -> None:
    rows = [f"{i // 4}{'.0' * (i % 2)},{i}.5" for i in range(40)]
    write(context, "g,a\n" + "\n".join(rows) + "\n")
    data = load(context, groups="g")
    assert data.names is not None
    lines = [
        {int(name.rsplit(" ", 1)[1]) for name in data.names(part, np.arange(len(split)))}
        for part, split in (("train", data.train), ("test", data.test))
        if split is not None
    ]
    groups = [{(line - 2) // 4 for line in part} for part in lines]
    assert not groups[0] & groups[1]
    write(context, "g,a\n" + "\n".join([*rows, ",7"]) + "\n")
    with pytest.raises(vaereg.DataError, match="column 'g' is missing"):
        load(context, groups="g", missing="median")


def test_equal_rows_in_two_splits_are_told(context: vaereg.BuildContext) -> None:
    rows = numbered(60)
    write(context, "a,b\n" + "\n".join([*rows, *rows[:30]]) + "\n")
    told = "".join(load(context).notes)
    assert (
        "rows of the test split are equal to some of the train split, such as t.csv, line" in told
    )


@pytest.mark.parametrize(
    "params",
    [
        {"one_hot": ("c",), "ordinal": ("c",)},
        {"columns": ("a", "c"), "drop": ("c",)},
        {"one_hot": ("c",), "columns": ("a",)},
    ],
)
def test_keys_that_contradict_each_other_are_refused(
    context: vaereg.BuildContext, params: dict[str, tuple[str, ...]]
) -> None:
    write(context, "a,c\n" + "".join(f"{i},{'xyz'[i % 3]}\n" for i in range(40)))
    with pytest.raises(vaereg.DataError, match=r"csv: .*'c'"):
        load(context, **params)


def test_names_that_stand_twice_in_the_first_row_are_refused_with_what_to_do(
    context: vaereg.BuildContext,
) -> None:
    write(context, "a,a\n" + "".join(f"{i},{i % 7}\n" for i in range(40)))
    with pytest.raises(vaereg.DataError, match=r"named 'a'\. Rename them in the first row"):
        load(context)


def test_the_cells_are_those_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a|b\n 1 |x\n\n2|y\n")
    table = read_cells(tmp_path / "t.csv", delimiter="", header="auto", decimal="auto")
    assert (table.names, table.rows, table.lines) == (("a", "b"), [["1", "x"], ["2", "y"]], [2, 4])
