"""Benchmarks run at a small size, and their sides agree; times are not tested."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.source_tree import ROOT


def figures(tmp_path: Path, name: str, *options: str) -> Any:
    """What a benchmark writes of itself when it runs as people run it."""
    file = tmp_path / "figures.json"
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", name, "--json", str(file), *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(file.read_text(encoding="utf-8"))["figures"]


@pytest.mark.slow
def test_evaluation_gives_what_the_packages_give(tmp_path: Path) -> None:
    lacking = [each for each in ("torch", "torch_fidelity", "prdc") if find_spec(each) is None]
    if lacking:
        pytest.skip(f"not installed: {', '.join(lacking)}")

    found = figures(tmp_path, "evaluation", "--small")

    # It ends with status 1 where two sides give another figure for one thing.
    assert found["vaereg"]["values"].keys() >= found["prdc"]["values"].keys()
    assert 0.0 < found["vaereg"]["values"]["recall"] < 1.0


def test_evaluation_runs_without_the_packages(tmp_path: Path) -> None:
    found = figures(tmp_path, "evaluation", "--small", "--sides", "vaereg", "scikit-learn")

    assert set(found) == {"vaereg", "scikit-learn"}
    assert found["vaereg"]["values"]["copy_rate"] == found["scikit-learn"]["values"]["copy_rate"]


def test_start_up_times_every_command(tmp_path: Path) -> None:
    found = figures(tmp_path, "start_up", "--small")

    assert {"--help", "plugins", "components", "describe", "check", "schema"} <= set(found)
    assert all(len(each) == 1 for each in found.values())


@pytest.mark.slow
def test_memory_trains_from_disk_and_from_memory(tmp_path: Path) -> None:
    found = figures(tmp_path, "memory", "--small")

    assert set(found) == {"npy", "folder"}
    for each in found.values():
        runs = each["600"]
        assert {len(runs["disk"]), len(runs["memory"])} == {1}
        assert runs["disk"][0]["own"] > 0
