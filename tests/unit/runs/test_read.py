import json

import attrs
import pytest

from vaereg.errors import RunError
from vaereg.runs.layout import create_run
from vaereg.runs.read import check_finished, locked_backend, read_run, why_unfinished
from vaereg.runs.status import Status, write_status


def made(root, lock=None):
    files = {"declaration.toml": "", "lock.json": json.dumps(lock or {"form": 1, "components": {}})}
    return create_run(root, "sharp", files)


def test_a_run_is_read_with_its_lock_and_its_status(tmp_path):
    folder = made(tmp_path)
    write_status(folder, Status(state="finished", epochs=3, of=3))
    run = read_run("sharp", tmp_path)
    assert (run.folder, run.lock["form"], run.status.epochs) == (folder, 1, 3)


@pytest.mark.parametrize(
    ("lock", "message"),
    [
        ({"form": 1}, "not a lock file"),
        ({"form": 2, "components": {}}, "newer vaereg"),
        ({"form": {}, "components": {}}, "not a lock file"),
        ({"form": 1, "components": 3}, "not a lock file"),
        ({"form": 1, "components": {"encoder": 3}}, "not a lock file"),
        ({"form": 1, "components": {}, "backend": 3}, "not a lock file"),
        ([1], "not a lock file"),
    ],
)
def test_a_lock_that_cannot_be_used_is_an_error(tmp_path, lock, message):
    made(tmp_path, lock)
    with pytest.raises(RunError, match=message):
        read_run("sharp", tmp_path)


def test_a_lock_that_names_no_backend_is_an_error_where_it_is_needed(tmp_path):
    made(tmp_path)
    run = read_run("sharp", tmp_path)
    with pytest.raises(RunError, match="names no backend"):
        locked_backend(run)
    assert locked_backend(attrs.evolve(run, lock={"backend": {"name": "jax"}})) == "jax"


@pytest.mark.parametrize(
    ("status", "messages"),
    [
        (Status(state="running", epochs=1, of=3), ["still being trained", "Wait"]),
        (Status(state="failed", epochs=1, of=3, reason="NaN"), ["it failed after 1 of 3", "(NaN)"]),
        (Status(state="killed"), ["it was killed before its first epoch", "vaereg resume"]),
    ],
    ids=lambda value: value.state if isinstance(value, Status) else "",
)
def test_only_a_finished_run_may_be_evaluated(tmp_path, status, messages):
    made(tmp_path)
    run = attrs.evolve(read_run("sharp", tmp_path), status=status)
    with pytest.raises(RunError) as error:
        check_finished(run)
    assert all(each in str(error.value) for each in messages)
    finished = attrs.evolve(run, status=Status(state="finished", epochs=3, of=3))
    assert why_unfinished(finished) == ""
    check_finished(finished)
