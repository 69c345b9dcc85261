"""Whatever stands in registry.toml, `vaereg check` ends soon, with no errors or with their places.

The small form tries 500 registries, `pytest -m storm` 5,000 more.
"""

from __future__ import annotations

import json
import random
import re
import statistics
import sys
import time
from pathlib import Path

import pytest

from tests.storm.good_registries import GOOD
from tests.storm.mutated_registry import mutated
from tests.storm.seed import SEED
from tests.storm.time_limit import TooSlow, time_limit
from vaereg.cli.main import main
from vaereg.declaration.resolve import resolve, resolve_all
from vaereg.declaration.text.document import parse_document
from vaereg.declaration.write import declaration_toml
from vaereg.discovery.open_registry import open_registry

LIMIT = 30.0
"""Seconds; a registry that takes longer hangs."""

LONGEST = 1200
"""Characters of a printed line."""

RAW = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)

OF_THE_WHOLE_FILE = frozenset({"empty-file", "not-utf-8", "missing-key", "unknown-model"})
"""Codes of errors that may have no line: of what does not stand in the file."""


def faults_of(
    path: Path, capsys: pytest.CaptureFixture[str], *, with_json: bool = True
) -> list[str]:
    """What is wrong with how `vaereg check` ends on a registry."""
    code = main(("check", "-f", str(path), "--color", "never"))
    told = capsys.readouterr()
    found = [f"exit code {code}"] if code not in {0, 2, 3} else []
    found += [f"{word} is printed" for word in ("Traceback", "a bug in") if word in told.err]
    found += [f"raw {raw!r} is printed" for raw in RAW.findall(told.out + told.err)[:1]]
    if code == 0:
        return [*found, *_unequal_when_read_back(path)]
    lines = told.err.splitlines()
    found += [f"a line of {len(each)} characters" for each in lines if len(each) > LONGEST]
    if not re.search(r"(?m)^error", told.err):
        found.append(f"no error is printed: {told.err[:200]!r}")
    if not with_json:
        return found
    as_json = main(("check", "-f", str(path), "--json"))
    error = json.loads(capsys.readouterr().out)["error"]
    if as_json != code or error["exit_code"] != code:
        found.append(f"exit code {code}, as JSON {as_json}")
    for problem in error.get("problems", ()):
        if problem["file"] != str(path):
            found.append(
                f"the error {problem['message'][:200]!r} names the file {problem['file']!r}"
            )
        if not problem["line"] and problem["code"] not in OF_THE_WHOLE_FILE:
            found.append(f"the error {problem['code']} has no line: {problem['message'][:200]!r}")
    if not error.get("problems") and str(path) not in error["message"]:
        found.append(f"an error without a place: {error['message'][:200]!r}")
    return found


def _unequal_when_read_back(path: Path) -> list[str]:
    """The models that a run's declaration.toml would not give back."""
    document, catalog = open_registry(path)
    found = []
    for name, declaration in resolve_all(document, catalog).items():
        written = parse_document(declaration_toml(declaration), "declaration.toml")
        if resolve(written, catalog) != declaration:
            found.append(f"the model {name} is not equal when written and read back")
    return found


def storm(
    count: int, seed: int, folder: Path, capsys: pytest.CaptureFixture[str]
) -> dict[str, list[str]]:
    """Tries so many mutated registries and returns the faults of each file that it keeps."""
    faults: dict[str, list[str]] = {}
    seconds = []
    for index in range(count):
        draw = random.Random(f"{seed}-{index}")
        name = draw.choice(sorted(GOOD))
        path = folder / f"{seed}-{index}.toml"
        path.write_bytes(mutated(GOOD[name], draw))
        began = time.monotonic()
        try:
            with time_limit(LIMIT):
                found = faults_of(path, capsys, with_json=index % 4 == 0)
        except TooSlow as fault:
            found = [str(fault)]
        except Exception as fault:  # noqa: BLE001  # any exception is a fault of this case
            found = [f"{type(fault).__name__}: {fault}"]
        seconds.append(time.monotonic() - began)
        if found:
            faults[path.name] = found
        else:
            path.unlink()
    took = f"median {statistics.median(seconds):.4f} s, slowest {max(seconds):.1f} s"
    with capsys.disabled():
        sys.stdout.write(f"\n{count} mutated registries of seed {seed}: {took}\n")
    return faults


@pytest.fixture
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", sorted(GOOD))
def test_the_registries_to_mutate_are_good(
    name: str, clean: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = clean / "registry.toml"
    path.write_text(GOOD[name], encoding="utf-8")

    assert faults_of(path, capsys) == []
    assert main(("check", "-f", str(path))) == 0


def test_500_mutated_registries_are_declarations_or_placed_errors(
    clean: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert storm(500, SEED, clean, capsys) == {}


@pytest.mark.storm
def test_5000_mutated_registries_are_declarations_or_placed_errors(
    clean: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert storm(5000, SEED + 1, clean, capsys) == {}
