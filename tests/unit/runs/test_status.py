import pytest

from vaereg.errors import RunError
from vaereg.runs.layout import create_run
from vaereg.runs.process_lock import holding
from vaereg.runs.status import Status, read_status, stored_status, write_status


@pytest.fixture
def run(tmp_path):
    return create_run(tmp_path, "m", {"declaration.toml": ""})


def test_a_status_reads_back_as_it_was_written(run):
    status = Status(state="failed", epochs=2, of=3, reason="NotFiniteError")
    write_status(run, status)
    assert read_status(run) == status


def test_a_run_that_no_process_trains_any_more_was_killed(run):
    assert read_status(run).state == "killed"
    write_status(run, Status(state="running", epochs=1, of=3))
    assert read_status(run).state == "killed"
    with holding(run):
        assert read_status(run).state == "running"
    write_status(run, Status(state="finished", epochs=3, of=3))
    assert read_status(run).state == "finished"


@pytest.mark.parametrize(
    "text",
    ["", "3", '{"mood": "good"}', '{"state": "fine"}', '{"state": "finished", "epochs": "3"}'],
)
def test_a_run_whose_status_is_damaged_counts_as_killed(run, text):
    run.status.write_text(text)
    status = read_status(run)
    assert status.state == "killed" and str(run.status) in status.reason
    with pytest.raises(RunError, match=r"status\.json"):
        stored_status(run)
    with holding(run):
        assert read_status(run).state == "running"
