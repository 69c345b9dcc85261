import json
import os

import attrs
import pytest

from tests.helpers.made_lock import made_lock
from vaereg.errors import RunError
from vaereg.runs.layout import create_run
from vaereg.runs.read import check_finished, locked_backend, read_run, why_unfinished
from vaereg.runs.status import Status, write_status


def made(root, lock=None):
    files = {"declaration.toml": "", "lock.json": json.dumps(made_lock() if lock is None else lock)}
    return create_run(root, "sharp", files)


def test_a_run_is_read_with_its_lock_and_its_status(tmp_path):
    folder = made(tmp_path)
    write_status(folder, Status(state="finished", epochs=3, of=3))
    run = read_run("sharp", tmp_path)
    assert (run.folder, run.lock["form"], run.status.epochs) == (folder, 2, 3)


@pytest.mark.parametrize(
    ("lock", "message"),
    [
        ([1], r"its content is \[1\], not a table"),
        ({"form": 1}, "vaereg is missing"),
        (made_lock(form=3), "newer vaereg"),
        (made_lock(form={}), "form is {}, not a whole number"),
        (made_lock(form=True), "form is True, not a whole number"),
        (made_lock(components=3), "components is 3, not a table"),
        (made_lock(components={"encoder": 3}), r"components\.encoder is 3, not a table"),
        (made_lock(components={"encoder": {}}), r"components\.encoder\.component is missing"),
        (made_lock(backend=3), "backend is 3, not a table"),
        (made_lock(backend={"name": None}), r"backend\.name is None, not text"),
        (made_lock(seed="0"), "seed is '0', not a whole number"),
        (made_lock(dataset={"digest": 5}), r"dataset\.digest is 5, not text"),
        (made_lock(dataset={"examples": 0}), r"dataset\.examples is 0"),
        (made_lock(dataset={"spec": {"shape": ["8"]}}), r"spec\.shape\.0 is '8'"),
        (made_lock(dataset={"spec": {"shape": [8, -1]}}), r"spec\.shape is \[8, -1\]"),
        (made_lock(dataset={"spec": {"form": "video", "shape": [8]}}), "'video'"),
        (made_lock(dataset={"spec": {"shape": [8], "colour": 1}}), "colour is no known key"),
        (made_lock(devices="CPU"), "devices is 'CPU', not a list"),
        (made_lock(held_extractors=[3]), r"held_extractors\.0 is 3, not a table"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_lock_that_cannot_be_used_is_an_error(tmp_path, lock, message):
    made(tmp_path, lock)
    with pytest.raises(RunError, match=message):
        read_run("sharp", tmp_path)


def test_a_run_names_its_backend(tmp_path):
    made(tmp_path, made_lock(backend={"name": "jax"}))
    assert locked_backend(read_run("sharp", tmp_path)) == "jax"


@pytest.mark.parametrize(
    "text", ["", "{", "[" * 100_000, "\xff"], ids=["empty", "cut", "deep", "no UTF-8"]
)
def test_a_damaged_lock_is_named_with_what_to_do(tmp_path, text):
    run = made(tmp_path)
    run.lock.write_text(text, encoding="latin-1")
    with pytest.raises(RunError, match=r"lock\.json cannot be read(.|\n)*Restore it from a copy"):
        read_run("sharp", tmp_path)


def test_a_pipe_or_a_folder_in_the_place_of_the_lock_is_told(tmp_path):
    run = made(tmp_path)
    run.lock.unlink()
    os.mkfifo(run.lock)
    with pytest.raises(RunError, match="a pipe"):
        read_run("sharp", tmp_path)
    run.lock.unlink()
    run.lock.mkdir()
    with pytest.raises(RunError, match="a folder"):
        read_run("sharp", tmp_path)


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
