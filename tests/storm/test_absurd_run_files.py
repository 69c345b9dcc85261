"""Absurd values anywhere in the small files of a run are read, or are one error of vaereg."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import vaereg
from tests.helpers.source_tree import ROOT
from tests.storm.seed import SEED
from tests.storm.time_limit import time_limit
from vaereg.comparison.targets import declared
from vaereg.runs.layout import RunFolder
from vaereg.runs.read import read_run, why_unfinished
from vaereg.runs.run_declaration import read_run_declaration

KEPT = next((ROOT / "tests" / "flow" / "kept_runs").rglob("lock.json")).parent

ABSURD: list[Any] = [
    None, True, False, 0, -1, 1.5, "", "x" * 10**5, "\x1b[2J\u202e", "\x00", [], {}, [[]], {"": 1},
    10**300, float("nan"), float("inf"), "9" * 5000, {"a": {"b": [1] * 999}}, [None] * 999,
]  # fmt: skip  # a list to read
TEXTS = (
    "", "[" * 10**5, '{"a":' * 5000, "9" * 5000, '{"form": ' + "9" * 5000 + "}", "\0",
    '{"a": "\\ud800"}', "1e999", f'"{"x" * 10**6}"', f'{{"{"k" * 10**6}": 1}}', "\ufeff{}",
)  # fmt: skip  # a list to read
DECLARATIONS = (
    "[" * 10**5, "a=" + "[" * 3000, "x = " + "9" * 5000, ".".join("a" * 5000) + "=1", "\0",
    'a = "\x1b"', "[changes]\n", "[[changes]]\nkey=3\n", "[[changes]]\nother=3\n", "changes=3\n",
    "folder=3\na=1\n", "models=3\n", "[models]\na=3\n", "train=3\n",
)  # fmt: skip  # a list to read


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return Path(shutil.copytree(KEPT, tmp_path / "run"))


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if not isinstance(value, dict | list):
        return
    for key, each in value.items() if isinstance(value, dict) else enumerate(value):
        yield from paths(each, (*path, key))


def spoiled(good: Any, path: tuple[Any, ...], value: Any) -> str:
    """The text of a JSON file with another value at a path."""
    content = {"": json.loads(json.dumps(good))}
    inside: Any = content
    for key in ("", *path)[:-1]:
        inside = inside[key]
    inside[("", *path)[-1]] = value
    return json.dumps(content[""])


def ended(read: Callable[[], object]) -> str:
    """How reading ended, if not with a value or a short error of vaereg."""
    try:
        with time_limit(30):
            read()
    except vaereg.VaeregError as error:
        return f"{len(str(error))} characters" if len(str(error)) > 3000 else ""
    except Exception as error:  # noqa: BLE001  # any other one is a fault
        return f"{type(error).__name__}: {error}"
    return ""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["lock.json", "status.json"])
def test_absurd_values_in_a_json_file_of_a_run_are_told(name: str, run: Path) -> None:
    draw = random.Random(SEED)
    good = json.loads((run / name).read_text(encoding="utf-8"))
    texts = [spoiled(good, path, each) for path in paths(good) for each in draw.sample(ABSURD, 5)]
    faults = {}
    for text in (*texts, *TEXTS):
        (run / name).write_text(text, encoding="utf-8")
        if wrong := ended(lambda: why_unfinished(read_run(run))):
            faults[text[:300]] = wrong

    assert faults == {}


@pytest.mark.parametrize("read", [read_run_declaration, declared])
def test_an_absurd_declaration_of_a_run_is_told(
    read: Callable[[RunFolder], object], run: Path
) -> None:
    faults = {}
    for text in DECLARATIONS:
        (run / "declaration.toml").write_text(text, encoding="utf-8")
        if wrong := ended(lambda: read(RunFolder(run))):
            faults[text[:100]] = wrong

    assert faults == {}


@pytest.mark.parametrize("name", ["lock.json", "status.json", "declaration.toml"])
def test_a_pipe_in_the_place_of_a_file_of_a_run_is_not_waited_for(name: str, run: Path) -> None:
    (run / name).unlink(missing_ok=True)
    os.mkfifo(run / name)

    assert not ended(lambda: why_unfinished(read_run(run)))
    assert not ended(lambda: read_run_declaration(RunFolder(run)))
    assert not ended(lambda: declared(RunFolder(run)))
