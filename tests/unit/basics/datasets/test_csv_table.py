from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

import vaereg
from vaereg.basics.datasets.csv_table import CsvTable
from vaereg.basics.datasets.declared import CsvParams


def load(context: vaereg.BuildContext, **params: object) -> vaereg.Data:
    return CsvTable(CsvParams(path="t.csv", **params), context)()


def everything(data: vaereg.Data) -> np.ndarray:
    splits = [split for split in (data.train, data.validation, data.test) if split is not None]
    return np.concatenate([split.take(np.arange(len(split))) for split in splits])


@pytest.fixture
def table(tmp_path: Path) -> np.ndarray:
    """Forty rows: two columns of numbers around a column of names, and a class."""
    values = np.random.default_rng(4).normal([5, -100], [0.1, 30], (40, 2))
    rows = [f"{a!r};n{i};{b!r};{i % 3 + 9}" for i, (a, b) in enumerate(values.tolist())]
    text = "width;name;depth;class\n" + "\n".join(rows) + "\n\n"
    (tmp_path / "t.csv").write_text(text, encoding="utf-8-sig")
    return values


def write(context: vaereg.BuildContext, text: str) -> None:
    (context.folder / "t.csv").write_bytes(text.encode())


def test_columns_of_numbers_have_mean_0_and_deviation_1_over_the_training_rows(
    table: np.ndarray, context: vaereg.BuildContext
) -> None:
    data = load(context, delimiter=";", target="class")
    training = data.train.take(np.arange(len(data.train)))

    assert training.dtype == np.float32
    assert np.allclose(training.mean(axis=0), 0, atol=1e-5)
    assert np.allclose(training.std(axis=0), 1, atol=1e-5)
    assert (data.spec.form, data.spec.shape, data.spec.value_range) == ("vector", (2,), None)
    assert [len(s or ()) for s in (data.train, data.validation, data.test)] == [32, 4, 4]


def test_decoding_gives_the_rows_of_the_file_back(
    table: np.ndarray, context: vaereg.BuildContext
) -> None:
    data = load(context, delimiter=";", target="class")
    back = data.to_display(everything(data))

    assert data.to_display.columns == ("width", "depth")
    assert np.allclose(np.sort(back, axis=0), np.sort(table, axis=0), rtol=1e-6)
    assert np.array_equal(pickle.loads(pickle.dumps(data.to_display)).mean, data.to_display.mean)


def test_labels_are_numbered_by_value_and_stay_with_their_rows(
    table: np.ndarray, context: vaereg.BuildContext
) -> None:
    data = load(context, delimiter=";", target="class")
    labels = data.train.labels(np.arange(len(data.train)))

    assert data.spec.class_names == ("9", "10", "11")
    assert labels is not None
    back = data.to_display(data.train.take(np.arange(len(data.train))))
    for row, label in zip(back, labels, strict=True):
        assert np.argmin(np.abs(table - row).sum(axis=1)) % 3 == label


def test_columns_are_taken_by_name_in_the_order_given(
    table: np.ndarray, context: vaereg.BuildContext
) -> None:
    data = load(context, delimiter=";", columns=("depth", "width"))
    assert data.to_display.columns == ("depth", "width")
    assert data.to_display.mean[0] < -50 < data.to_display.mean[1]


def test_splits_follow_split_seed_and_not_the_seed_of_the_run(
    table: np.ndarray, context: vaereg.BuildContext
) -> None:
    other_run = vaereg.BuildContext(name="data", seed=5, folder=context.folder)
    first, same = load(context, delimiter=";"), load(other_run, delimiter=";")
    other = load(context, delimiter=";", split_seed=1)

    assert np.array_equal(everything(first), everything(same))
    assert first.digest == same.digest != other.digest
    assert not np.array_equal(first.to_display.mean, other.to_display.mean)


def test_a_file_without_a_header_has_numbered_columns(context: vaereg.BuildContext) -> None:
    write(context, "".join(f"{i},{i * i}\r\n" for i in range(10)))
    data = load(context)
    assert data.to_display.columns == ("1", "2")
    assert len(everything(data)) == 10


def test_a_header_of_numbers_is_one_if_the_user_says_so(context: vaereg.BuildContext) -> None:
    write(context, "2019,2020\n" + "".join(f"{i},{-i}\n" for i in range(10)))
    assert load(context, header="yes").to_display.columns == ("2019", "2020")


def test_quoted_cells_may_hold_the_delimiter(context: vaereg.BuildContext) -> None:
    write(context, 'name,v\n"a, b",1\n"c",2\n"d",3\n')
    assert load(context, validation=0, test=0).to_display.columns == ("v",)


def test_constant_columns_are_named_or_dropped(context: vaereg.BuildContext) -> None:
    write(context, "a,b\n" + "".join(f"{i},7\n" for i in range(10)))
    with pytest.raises(vaereg.DataError, match=r"column 'b', .*drop_constant = true"):
        load(context)
    assert load(context, drop_constant=True).to_display.columns == ("a",)
    with pytest.raises(vaereg.DataError, match="column 'b'"):
        load(context, columns=("b",), drop_constant=True)


def test_cells_that_are_not_numbers_are_reported_with_line_and_column(
    context: vaereg.BuildContext,
) -> None:
    write(context, "a,b\n1,2\n\n3,x\nNA,4\n5,inf\n6,1_0\n")
    with pytest.raises(vaereg.DataError) as caught:
        load(context)
    message = str(caught.value)
    assert "t.csv: 4 cells cannot be used" in message
    assert "line 4, column 'b' is 'x', not a finite number" in message
    assert "line 5, column 'a' is missing" in message
    assert "line 6, column 'b' is 'inf'" in message
    assert "line 7, column 'b' is '1_0'" in message


def test_many_faulty_cells_are_counted_and_eight_named(context: vaereg.BuildContext) -> None:
    write(context, "a,b\n" + "1,2\n" + "3,\n" * 20)
    with pytest.raises(vaereg.DataError, match=r"20 cells(?s:.*)and 12 more") as caught:
        load(context)
    assert str(caught.value).count("is missing") == 8


@pytest.mark.parametrize(
    ("text", "params", "message"),
    [
        ("", {}, "is empty"),
        ("a,b\n", {}, "a header but no rows"),
        ("a,b\n1,2\n1\n", {}, r"line 3: 1 cells, but the first row has 2"),
        ("a,a\n1,2\n", {}, "several columns are named 'a'"),
        ("a,b\n1,2\n", {"columns": ("c",)}, "there is no column 'c'; the columns are: a, b"),
        ("a,b\n1,2\n", {"target": "c"}, "no column 'c'"),
        ("a;b\n1;2\n3;4\n", {"delimiter": ","}, 'no column of numbers. Is the delimiter ","'),
        ("a,b\n1,2\n", {"delimiter": "::"}, "allowed is one character"),
        ("a,b\n1,2\n", {}, "1 example with .* leave none for training"),
        ("a,b\n1,0.5\n2,1.5\n3,2.5\n", {"target": "b"}, 'column "b": labels must be classes'),
        ("a,b\n1,x\n2,\n3,y\n", {"target": "b"}, "line 3, column 'b' is missing"),
        ("a\n1\n2\n3\n1e300\n-1e300\n", {"test": 0, "validation": 0}, "too large"),
    ],
)
def test_a_table_that_cannot_be_used_is_reported(
    context: vaereg.BuildContext, text: str, params: dict[str, object], message: str
) -> None:
    write(context, text)
    with pytest.raises(vaereg.DataError, match=message):
        load(context, **params)


def test_a_file_in_another_encoding_is_reported(context: vaereg.BuildContext) -> None:
    (context.folder / "t.csv").write_bytes("grün,b\n1,2\n".encode("latin-1"))
    with pytest.raises(vaereg.DataError, match="cannot be read as UTF-8"):
        load(context)


@pytest.mark.parametrize(
    "labels",
    [
        ("12345678901234567", "12345678901234568", "12345678901234569"),
        ("123456789012345678901", "123456789012345678902", "123456789012345678903"),
    ],
)
def test_large_labels_are_not_merged(
    tmp_path: Path, context: vaereg.BuildContext, labels: tuple[str, ...]
) -> None:
    rows = "".join(f"{i * 1.5},{labels[i % 3]}\n" for i in range(60))
    (tmp_path / "t.csv").write_text("a,b\n" + rows)
    assert load(context, target="b").spec.class_names == labels
