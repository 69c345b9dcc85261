"""Damaged files of a run: the right result, or one error that names the file and what to do."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.evaluated_run import write_evaluated_project
from tests.helpers.tiny_run import vaereg_here
from tests.storm.seed import SEED
from tests.storm.time_limit import time_limit
from vaereg.runs.state_file import digest_of, read_state

PIXELS = ("--features", "pixels")
FILES = (
    "declaration.toml",
    "lock.json",
    "status.json",
    "history.csv",
    "log.jsonl",
    ".active",
    "checkpoints/last.h5",
    "checkpoints/best.h5",
    "model.weights.h5",
    "samplers/vaereg--prior.h5",
    "samples/samples.png",
    "evaluation.json",
    "evaluation.h5",
)


def write(text: str) -> Callable[[Path, random.Random], None]:
    return lambda path, draw: path.write_text(text) and None


def cut(path: Path, draw: random.Random) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: draw.randrange(len(content) + 1)])


def noise(path: Path, draw: random.Random) -> None:
    path.write_bytes(draw.randbytes(path.stat().st_size))


def flip(path: Path, draw: random.Random) -> None:
    content = bytearray(path.read_bytes() or b"0")
    content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    path.write_bytes(content)


def folder(path: Path, draw: random.Random) -> None:
    path.unlink()
    path.mkdir()


def pipe(path: Path, draw: random.Random) -> None:
    path.unlink()
    os.mkfifo(path)


def missing(path: Path, draw: random.Random) -> None:
    path.unlink()


def loop(path: Path, draw: random.Random) -> None:
    path.unlink()
    path.symlink_to(path.name)


DAMAGE: dict[str, Callable[[Path, random.Random], None]] = {
    "empty": write(""),
    "cut": cut,
    "cut again": cut,
    "noise": noise,
    "one bit": flip,
    "another bit": flip,
    "a list": write("[]"),
    "a number": write("3"),
    "NaN": write("NaN"),
    "a table": write("{}"),
    "deep": write("[" * 100_000),
    "a folder": folder,
    "a pipe": pipe,
    "missing": missing,
    "a link to itself": loop,
}


class Project:
    """A project with two runs that were evaluated; commands work on copies of it.

    Args:
        whole: the project.
        copies: the folder of the copies.
    """

    def __init__(self, whole: Path, copies: Path) -> None:
        self.whole, self.copies = whole, copies
        self.runs = [f"runs/tiny/{each.name}" for each in sorted((whole / "runs/tiny").iterdir())]
        first, second = self.runs
        self.commands = {
            "sample": ("sample", first, "-n", "4", "--out", "samples.npz"),
            "evaluate": ("evaluate", first, *PIXELS, "--json"),
            "compare": ("compare", first, second, *PIXELS, "--json"),
            "report": ("report", first, *PIXELS, "--json"),
            "resume": ("resume", first, "--json"),
        }

    def copy(self) -> Path:
        shutil.rmtree(self.copies, ignore_errors=True)
        shutil.copytree(self.whole, self.copies)
        return self.copies

    def do(self, command: str, cwd: Path) -> tuple[int, str, str]:
        """The exit code of a command, what it told, and its result."""
        with time_limit(300):
            done = vaereg_here(*self.commands[command], cwd=cwd)
        if done.returncode:
            told = done.stderr
            with contextlib.suppress(ValueError, KeyError):
                told += json.loads(done.stdout)["error"]["message"]
            return done.returncode, told, ""
        if command == "evaluate":
            result = json.dumps(json.loads(done.stdout)["evaluations"][0]["scores"], sort_keys=True)
        elif command == "compare":
            result = json.dumps(json.loads(done.stdout)["comparison"]["verdicts"], sort_keys=True)
        elif command == "sample":
            result = digest_of(read_npz(cwd / "samples.npz"))
        else:
            result = digest_of(read_state(cwd / self.runs[0] / "model.weights.h5")[0])
        return 0, done.stderr, result


def read_npz(path: Path) -> dict[str, np.ndarray]:
    with np.load(path) as file:
        return {name: file[name] for name in file.files}


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Project:
    whole = tmp_path_factory.mktemp("damaged") / "whole"
    whole.mkdir()
    write_evaluated_project(whole, "samples_every = 0\nearly_stopping = { patience = 9 }")
    for seed in (0, 1):
        assert vaereg_here("train", "-q", "--set", f"train.seed={seed}", cwd=whole).returncode == 0
    made = Project(whole, whole.with_name("copy"))
    done = vaereg_here("compare", *made.runs, *PIXELS, "-q", cwd=whole)
    assert done.returncode == 0, done.stderr
    return made


@pytest.mark.storm
@pytest.mark.parametrize("file", FILES)
def test_a_damaged_file_is_named_with_what_to_do_or_changes_no_result(project, file):
    wrong = []
    for command in project.commands:
        _, _, expected = project.do(command, project.copy())
        for name, damage in DAMAGE.items():
            cwd = project.copy()
            damage(cwd / project.runs[0] / file, random.Random(f"{SEED} {file} {name}"))
            code, told, result = project.do(command, cwd)
            case = f"seed {SEED}, {file}, {name}, {command}: {code}, {told[-400:]}"
            if "Traceback" in told or "bug in vaereg" in told or code not in (0, 1, 2, 4):
                wrong.append(case)
            elif code == 0:
                if result != expected and "warning" not in told:
                    wrong.append(f"{case}\nanother result, silently")
            elif Path(file).name not in told:
                wrong.append(f"{case}\nthe file is not named")
            elif not leads_on(project, command, cwd, told):
                wrong.append(f"{case}\nwhat it says to do does not help")
    assert wrong == []


def leads_on(project: Project, command: str, cwd: Path, told: str) -> bool:
    """Whether what the message says to do helps: the command in it, or a copy of the file."""
    if re.search("[Rr]estore it from a copy|[Mm]ove it away|Move away", told):
        return True
    for hint in re.findall(r"vaereg (?:resume|evaluate) [^\n]*", told):
        done = vaereg_here(*shlex.split(hint)[1:], "-q", cwd=cwd)
        if done.returncode == 0 and project.do(command, cwd)[0] == 0:
            return True
    return False
