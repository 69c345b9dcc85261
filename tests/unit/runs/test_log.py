import pytest

from vaereg.errors import RunError
from vaereg.runs.log import Log, read_log


def test_a_line_that_a_kill_cut_short_is_skipped_and_damages_no_other(tmp_path):
    path = tmp_path / "log.jsonl"
    Log(path).add("start", epoch=0)
    with path.open("a") as file:
        file.write('{"event": "epo')
    Log(path).add("resume", epoch=1)
    assert [event["event"] for event in read_log(path)] == ["start", "resume"]


def test_a_log_that_does_not_exist_has_no_events(tmp_path):
    assert read_log(tmp_path / "log.jsonl") == []


def test_a_link_that_leads_to_itself_is_named_with_what_to_do(tmp_path):
    path = tmp_path / "log.jsonl"
    path.symlink_to(path.name)
    with pytest.raises(RunError, match=r"cannot write .*log\.jsonl: .*\n.*move it away"):
        Log(path).add("start")
