import os
import subprocess
import sys
import threading

import pytest

from vaereg.errors import RunError
from vaereg.runs import process_lock
from vaereg.runs.layout import create_run
from vaereg.runs.process_lock import holding, is_held
from vaereg.runs.status import Status, read_status, write_status


@pytest.fixture
def run(tmp_path):
    return create_run(tmp_path, "m", {"declaration.toml": ""})


HOLD = """
import sys, time
from pathlib import Path
from vaereg.runs.process_lock import holding
from vaereg.runs.layout import RunFolder
with holding(RunFolder(Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_run_is_trained_by_one_process_and_free_as_soon_as_it_is_killed(run):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(run)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None and child.stdout.readline() == "held\n"
        assert is_held(run)
        with pytest.raises(RunError, match=f"being trained by process {child.pid}"), holding(run):
            pass
        write_status(run, Status(state="running", epochs=1, of=3))
        assert read_status(run).state == "running"
        child.kill()
    assert not is_held(run)
    assert read_status(run).state == "killed"
    with holding(run):
        assert run.process_lock.read_text() == str(os.getpid())
    assert not is_held(run)


def test_asking_whether_a_run_is_trained_keeps_no_training_from_starting(run, monkeypatch):
    if sys.platform == "linux":  # elsewhere a start waits for the moment in which somebody asks
        monkeypatch.setattr(process_lock, "WAITS", ())
    with holding(run):
        pass
    stop = threading.Event()

    def ask():
        while not stop.is_set():
            is_held(run)

    askers = [threading.Thread(target=ask) for _ in range(2)]
    for each in askers:
        each.start()
    try:
        for _ in range(200):
            with holding(run):
                pass
    finally:
        stop.set()
        for each in askers:
            each.join()


def test_a_pipe_in_the_place_of_the_lock_is_not_waited_for(run):
    os.mkfifo(run.process_lock)
    assert not is_held(run)
    with pytest.raises(RunError, match=r"cannot write .*\.active"), holding(run):
        pass


@pytest.mark.parametrize("what", ["folder", "pipe", "link"])
def test_what_stands_in_the_place_of_the_lock_is_named_with_what_to_do(run, what):
    lock = run.process_lock
    lock.unlink(missing_ok=True)
    if what == "folder":
        lock.mkdir()
    elif what == "pipe":
        os.mkfifo(lock)
    else:
        lock.symlink_to(lock.name)
    with pytest.raises(RunError, match=r"cannot write .*\.active: .*\nMove it away"), holding(run):
        pass
