"""The data of a run is read again with what the dataset tells of it."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.source_tree import ROOT
from vaereg.host.progress import Progress
from vaereg.trained.opened_run import read_opened_run
from vaereg.trained.run_data import read_run_data

KEPT = ROOT / "tests" / "flow" / "kept_runs" / "2026-11"


def test_notes_on_the_data_of_a_run_are_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(KEPT, tmp_path / "project")
    monkeypatch.chdir(tmp_path / "project")
    arrays = dict(np.load("dots.npz"))
    np.savez("dots.npz", **arrays, spare=np.zeros(3))
    opened = read_opened_run("dots", warn=lambda text: None, ignore_lock=True)
    progress = Progress(stream=io.StringIO())

    for _ in range(2):
        read_run_data(opened.run, opened.declaration, progress, ignore_lock=True)

    lines = progress.stream.getvalue().splitlines()
    notes = [line for line in lines if line.startswith("note: [data.dots] ")]
    assert len([line for line in notes if "spare" in line]) == 1
    assert len(set(notes)) == len(notes)
