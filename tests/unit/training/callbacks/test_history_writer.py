from vaereg.runs.history import History, read_history
from vaereg.training.callbacks.history_writer import HistoryWriter


def test_each_epoch_becomes_a_row_counted_from_1_with_the_number_of_all_steps(tmp_path):
    path = tmp_path / "history.csv"
    writer = HistoryWriter(History(path, ("loss", "eval_a")), steps_per_epoch=8)
    writer.on_epoch_end(0, {"loss": 0.5})
    writer.on_epoch_end(1, {"loss": 0.25, "eval_a": 2.0})
    assert read_history(path) == [
        {"epoch": "1", "step": "8", "loss": "0.5", "eval_a": ""},
        {"epoch": "2", "step": "16", "loss": "0.25", "eval_a": "2.0"},
    ]
