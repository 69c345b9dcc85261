"""Runs that are killed by SIGKILL resume and give the same result."""

import random
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.helpers.killed_runs import DIE_IN_A_WRITE, assert_equal_runs, started
from tests.helpers.tiny_run import newest, result, vaereg_here, write_project
from vaereg.runs.layout import RunFolder
from vaereg.runs.status import read_status

pytestmark = pytest.mark.slow

TRAIN = "checkpoint = { every_steps = 2, every_seconds = 0.0 }\nsamples_every = 0"


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """A project with a run that was not interrupted."""
    folder = tmp_path_factory.mktemp("whole")
    write_project(folder, TRAIN)
    assert vaereg_here("train", "--epochs", "8", "-q", cwd=folder).returncode == 0
    return folder


def test_kills_at_random_times_change_no_bit(whole):
    seed = random.SystemRandom().randrange(10**6)
    delays = random.Random(seed)
    uninterrupted = newest(whole)
    began = time.monotonic()
    child = started(whole, "train", "--epochs", "8")
    kills = 0
    while True:
        wait_for_training(child)
        try:
            child.wait(delays.uniform(0.0, 1.2))
        except subprocess.TimeoutExpired:
            child.kill()
            kills += 1
        child.communicate()
        run = newest(whole)
        assert run != uninterrupted
        if child.returncode == 0:
            break
        assert read_status(RunFolder(run)).state in {"killed", "running"}, f"seed {seed}"
        # the last attempt is not killed
        if kills == 2 or time.monotonic() - began > 120:
            done = vaereg_here("resume", "tiny", "-q", cwd=whole)
            assert done.returncode == 0, done.stderr
            break
        child = started(whole, "resume", "tiny")
    assert_equal_runs(uninterrupted, run)


def wait_for_training(child: subprocess.Popen[str]) -> None:
    for line in child.stderr or ():
        if line.startswith("compiling") or "finished" in line:
            return


def test_a_kill_while_a_checkpoint_is_written_changes_no_bit(whole):
    uninterrupted = sorted((whole / "runs" / "tiny").iterdir())[0]
    child = started(whole, "train", "--epochs", "8", code=DIE_IN_A_WRITE)
    child.communicate()
    assert child.returncode == -signal.SIGKILL
    run = newest(whole)
    assert list((run / "checkpoints").glob(".last.h5*.tmp")), "it died elsewhere"
    done = vaereg_here("resume", run, "--json", cwd=whole)
    assert result(done)["epochs"] == 8
    assert list((run / "checkpoints").glob(".*")) == []
    assert_equal_runs(uninterrupted, run)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_sigterm_keep_a_checkpoint_and_say_how_to_resume(tmp_path, number):
    write_project(tmp_path, TRAIN)
    child = started(tmp_path, "train", "--epochs", "4000")
    assert child.stderr is not None
    for line in child.stderr:
        if re.match(r"epoch +2/", line):
            break
    child.send_signal(number)
    _, errors = child.communicate(timeout=60)
    run = newest(tmp_path)
    assert child.returncode == 130, errors
    assert f"resume with: vaereg resume {run.relative_to(tmp_path)}" in errors
    assert read_status(RunFolder(run)).state == "interrupted"
    rows = (run / "history.csv").read_text().splitlines()
    again = vaereg_here("resume", "tiny", "--epochs", str(len(rows) + 1), "--json", cwd=tmp_path)
    assert result(again)["epochs"] == len(rows) + 1
    assert (run / "history.csv").read_text().splitlines()[: len(rows)] == rows


def test_an_optimizer_with_weights_of_its_own_goes_on_to_the_bit(tmp_path):
    """The optimizer `schedule_free` validates and saves at other weights than it trains."""
    write_project(tmp_path, f'{TRAIN}\noptimizer = {{ use = "schedule_free", warmup_steps = 4 }}')
    assert vaereg_here("train", "--epochs", "4", "-q", cwd=tmp_path).returncode == 0
    uninterrupted = newest(tmp_path)
    child = started(tmp_path, "train", "--epochs", "4", code=DIE_IN_A_WRITE)
    child.communicate()
    assert child.returncode == -signal.SIGKILL
    run = newest(tmp_path)
    assert run != uninterrupted
    assert vaereg_here("resume", run, "-q", cwd=tmp_path).returncode == 0
    assert_equal_runs(uninterrupted, run)
