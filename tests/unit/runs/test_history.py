import pytest

from vaereg.errors import RunError
from vaereg.runs.history import History, read_history


def filled(path, epochs):
    history = History(path, ("loss", "kl", "val_loss"))
    for epoch in range(1, epochs + 1):
        history.add(epoch, 10 * epoch, {"loss": 0.1 * epoch, "kl": 1 / 3})
    return history


def test_floats_read_back_equal_and_terms_that_were_not_measured_have_empty_cells(
    tmp_path,
):
    filled(tmp_path / "history.csv", 2)
    rows = read_history(tmp_path / "history.csv")
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert [row["step"] for row in rows] == ["10", "20"]
    assert float(rows[0]["kl"]) == 1 / 3
    assert rows[0]["val_loss"] == ""


def test_continuing_drops_the_rows_after_the_checkpoint(tmp_path):
    path = tmp_path / "history.csv"
    filled(path, 2)
    expected = path.read_text()
    filled(path, 5)
    again = History(path, ("loss", "kl", "val_loss"))
    again.continue_after(2)
    assert path.read_text() == expected


def test_continuing_a_history_that_lost_rows_is_an_error(tmp_path):
    filled(tmp_path / "history.csv", 1)
    with pytest.raises(RunError, match="1 of the 3 epochs"):
        History(tmp_path / "history.csv", ("loss",)).continue_after(3)


def test_a_file_that_is_not_a_history_is_an_error(tmp_path):
    (tmp_path / "history.csv").write_text("a,b\n1,2\n")
    with pytest.raises(RunError, match=r"history\.csv cannot be read"):
        read_history(tmp_path / "history.csv")


def test_a_number_that_was_cut_is_not_taken_for_another_number(tmp_path):
    path = tmp_path / "history.csv"
    filled(path, 3)
    text = path.read_text()
    for length in range(len(text.splitlines(keepends=True)[0]), len(text)):
        path.write_text(text[:length])
        if text[length - 1] == "\n":  # whole rows are lost
            assert len(read_history(path)) < 3
        else:
            with pytest.raises(RunError, match=r"its last line is cut|no history"):
                read_history(path)
