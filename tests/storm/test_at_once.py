"""Two commands at once on one run or one cache: each ends well or in one sentence, as alone."""

from __future__ import annotations

import csv
import json
import subprocess
import time
from pathlib import Path

import pytest
from PIL import Image

from tests.helpers.evaluated_run import write_evaluated_project
from tests.helpers.killed_runs import assert_equal_runs, leftovers, started
from tests.helpers.tiny_run import blobs, newest, vaereg, write_project
from vaereg.runs.read import read_run

PIXELS = ("--features", "pixels")
FEW = ("--set", "train.epochs=3")
MANY = ("--set", "train.epochs=40")


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Its exit code and what it wrote."""
    try:
        out, err = process.communicate(timeout=300)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert "Traceback" not in err and "bug in vaereg" not in err, err
    return process.returncode, out, err


@pytest.mark.storm
def test_a_run_is_trained_by_one_process_at_a_time(tmp_path: Path) -> None:
    write_project(tmp_path)
    alone, shared = tmp_path / "alone", tmp_path / "shared"
    done = vaereg("train", "-q", *MANY, "--runs", alone, cwd=tmp_path)
    assert done.returncode == 0, done.stderr

    training = started(tmp_path, "train", "-q", *MANY, "--runs", str(shared))
    while training.poll() is None and not [*shared.glob("tiny/2*/history.csv")]:
        time.sleep(0.02)
    (run,) = (shared / "tiny").iterdir()
    others = [ended(started(tmp_path, "resume", "-q", str(run))) for _ in range(2)]
    code, _, complaint = ended(training)

    assert code == 0, complaint
    for refused, _, said in others:
        if refused:  # otherwise it came after the end, and had nothing to do
            assert refused == 1 and f"is being trained by process {training.pid}" in said, said
    assert_equal_runs(run, next((alone / "tiny").iterdir()))
    assert leftovers(tmp_path) == []


@pytest.mark.storm
def test_two_processes_that_resume_a_run_at_once_do_what_one_does(tmp_path: Path) -> None:
    write_project(tmp_path)
    assert vaereg("train", "-q", *FEW, cwd=tmp_path).returncode == 0
    run = newest(tmp_path)

    both = [started(tmp_path, "resume", "-q", str(run), "--epochs", "30") for _ in range(2)]
    codes = [ended(each) for each in both]

    assert 0 in [code for code, _, _ in codes]
    for code, _, said in codes:
        assert code == 0 or (code == 1 and "is being trained by process" in said), said
    with (run / "history.csv").open(encoding="utf-8") as file:
        assert [row["epoch"] for row in csv.DictReader(file)] == [*map(str, range(1, 31))]
    assert read_run(run).status.state == "finished"
    assert leftovers(tmp_path) == []


@pytest.mark.storm
def test_two_trainings_of_one_model_at_once_give_two_equal_runs(tmp_path: Path) -> None:
    write_project(tmp_path)

    both = [started(tmp_path, "train", "-q", *FEW) for _ in range(2)]

    assert [ended(each)[0] for each in both] == [0, 0]
    one, other = (tmp_path / "runs" / "tiny").iterdir()
    assert_equal_runs(one, other)
    assert leftovers(tmp_path) == []


@pytest.mark.storm
def test_two_evaluations_of_one_run_at_once_give_the_scores_of_one(tmp_path: Path) -> None:
    write_evaluated_project(tmp_path)
    assert vaereg("train", "-q", *FEW, cwd=tmp_path).returncode == 0
    run = newest(tmp_path)
    evaluate = ("evaluate", str(run), *PIXELS, "--again", "--json")

    both = [ended(started(tmp_path, *evaluate)) for _ in range(2)]
    at_once = [started(tmp_path, *evaluate) for _ in range(3)]
    both += [ended(each) for each in at_once]

    scores = [json.loads(out)["evaluations"][0]["scores"] for _, out, _ in both]
    assert [code for code, _, _ in both] == [0] * 5
    assert all(each == scores[0] for each in scores)
    done = vaereg("report", str(run), *PIXELS, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert leftovers(tmp_path) == []


@pytest.mark.storm
def test_a_training_and_an_evaluation_share_a_cache_that_nobody_has_filled(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number, image in enumerate(blobs(1200, 0)):
        Image.fromarray(image[..., 0]).save(folder / f"{number:04}.png")
    registry = write_project(tmp_path)
    text = registry.read_text(encoding="utf-8")
    text = text.replace('use = "arrays"\npath = "blobs.npz"', 'use = "image_folder"\nPATH')
    text = text.replace("PATH", 'path = "pictures"\nchannels = 1\ncache = "disk"')
    registry.write_text(text, encoding="utf-8")
    assert vaereg("train", "-q", *FEW, cwd=tmp_path).returncode == 0
    first = newest(tmp_path)
    expected = vaereg("evaluate", str(first), *PIXELS, "--json", cwd=tmp_path)
    cache = tmp_path / ".vaereg" / "cache"
    kept = sorted(path.relative_to(cache) for path in cache.rglob("*") if path.is_file())
    for path in kept:
        (cache / path).unlink()

    processes = [
        started(tmp_path, "train", "-q", *FEW),
        started(tmp_path, "evaluate", str(first), *PIXELS, "--again", "--json"),
        started(tmp_path, "train", "-q", *FEW, "--runs", "more"),
    ]
    done = [ended(each) for each in processes]

    assert [code for code, _, _ in done] == [0, 0, 0], done
    assert (
        json.loads(done[1][1])["evaluations"][0]["scores"]
        == json.loads(expected.stdout)["evaluations"][0]["scores"]
    )
    for run in (newest(tmp_path), *(tmp_path / "more" / "tiny").iterdir()):
        assert_equal_runs(run, first)
    assert {path.suffix for path in cache.iterdir() if path.is_file()} == {".npy", ".json"}
    assert leftovers(tmp_path) == []
