"""Damaged files of a trained sampler: the samples of a whole one, or one error that helps."""

from __future__ import annotations

import contextlib
import io
import json
import random
import shutil
import warnings
from pathlib import Path

import pytest

import vaereg
from tests.helpers.evaluated_run import write_evaluated_project
from tests.helpers.tiny_run import newest, vaereg_here
from tests.storm.seed import SEED
from tests.storm.test_damaged_runs import DAMAGE, read_npz
from tests.storm.time_limit import time_limit
from vaereg.runs.state_file import digest_of, read_state

NAME = "prior--vaereg--gaussian_mixture"
SAMPLER = 'sampler = { use = "prior/gaussian_mixture", train = { steps = 4, batch_size = 64 } }'
STATE = f"{NAME}.h5"
FILES = (
    STATE,
    f"{NAME}/checkpoints/last.h5",
    f"{NAME}/checkpoints/best.h5",
    f"{NAME}/history.csv",
    f"{NAME}/made_from.json",
    f"{NAME}/log.jsonl",
    f"{NAME}/status.json",
    f"{NAME}/.active",
)
UNREAD = FILES[5:]
"""Files that no result depends on, so that damage need not be told."""

COMMANDS = {
    "sample": ("sample", "RUN", "-n", "4", "--out", "samples.npz"),
    "evaluate": ("evaluate", "RUN", "--features", "pixels", "--again", "--json"),
    "resume": ("resume", "RUN", "--json"),
}
SOME = ((STATE, "cut", "load"), (FILES[2], "missing", "sample"))
"""The cases of the gate."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samplers") / "whole"
    folder.mkdir()
    path = write_evaluated_project(folder, "samples_every = 0")
    path.write_text(path.read_text().replace("latent = 3", f"latent = 3\n{SAMPLER}"))
    done = vaereg_here("train", "-q", "--epochs", "1", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


def copied(project: Path, file: str = STATE) -> Path:
    """A copy of the project; its sampler is as if it were still trained, but for its own file."""
    copy = project.with_name("copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(project, copy)
    if file != STATE:
        (newest(copy) / "samplers" / STATE).unlink()
    return copy


def outcome(project: Path, command: str) -> tuple[int, str, str]:
    """The exit code of a command, what it told, and its result."""
    run = newest(project)
    if command == "load":
        said = io.StringIO()
        try:
            with contextlib.redirect_stderr(said), warnings.catch_warnings(record=True) as warned:
                samples = vaereg.load(run).sample(4)
        except vaereg.VaeregError as error:
            return 1, str(error), ""
        told = said.getvalue() + "".join(str(each.message) for each in warned)
        return 0, told, digest_of({"samples": samples})
    words = [str(run) if each == "RUN" else each for each in COMMANDS[command]]
    done = vaereg_here(*words, cwd=project)
    if done.returncode:
        return done.returncode, done.stderr + done.stdout, ""
    if command == "sample":
        result = digest_of(read_npz(project / "samples.npz"))
    elif command == "evaluate":
        result = json.dumps(json.loads(done.stdout)["evaluations"][0]["scores"], sort_keys=True)
    else:
        result = digest_of(read_state(run / "samplers" / STATE)[0])
    return 0, done.stderr, result


def fault(project: Path, file: str, damage: str, command: str, expected: str) -> str:
    """What is wrong with a command on a sampler with a damaged file; empty if nothing is."""
    copy = copied(project, file)
    path = newest(copy) / "samplers" / file
    whole = path.read_bytes()
    DAMAGE[damage](path, random.Random(f"{SEED} {file} {damage}"))
    is_same = path.is_file() and path.read_bytes() == whole
    with time_limit(300):
        code, told, result = outcome(copy, command)
    case = f"seed {SEED}, {file}, {damage}, {command}: {code}, {told[-600:]}"
    if "Traceback" in told or "bug in vaereg" in told or code not in (0, 1):
        return case
    if code:
        helps = path.name in told and "ove it away" in told
        return "" if helps else f"{case}\nthe file is not named, with what to do"
    if result != expected:
        return f"{case}\nanother result"
    is_lost = file == STATE and damage in ("missing", "a link to itself")
    untold = file in UNREAD or is_lost or is_same
    untold = untold or (path.suffix == ".csv" and "bit" in damage)  # another number, or none
    return "" if untold or path.name in told else f"{case}\nit is not told"


@pytest.mark.slow
def test_some_damaged_files_of_a_trained_sampler_are_told_and_change_no_sample(project):
    for file, damage, command in SOME:
        _, _, expected = outcome(copied(project), command)
        assert expected
        assert fault(project, file, damage, command, expected) == ""


@pytest.mark.storm
@pytest.mark.parametrize("command", [*COMMANDS, "load"])
@pytest.mark.parametrize("file", FILES)
def test_damaged_files_of_a_trained_sampler_are_told_and_change_no_sample(project, file, command):
    _, _, expected = outcome(copied(project), command)
    assert expected
    wrong = [fault(project, file, damage, command, expected) for damage in DAMAGE]
    assert [each for each in wrong if each] == []
