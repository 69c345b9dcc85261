"""Damaged caches: the results of whole ones, one line for each file, and files made anew."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from tests.helpers.tiny_run import blobs, newest, vaereg_here, write_project
from tests.storm.seed import SEED
from tests.storm.test_damaged_runs import DAMAGE
from tests.storm.time_limit import time_limit
from vaereg.runs.state_file import digest_of, read_state

BITS = ("another bit", "one bit")
UNTOLD = {".h5": ("missing", *BITS), ".npy": BITS, ".json": ()}
"""Nothing is there to be told, or the bit may be one of those that say nothing."""

FILES = {"*.json": ("*.json",), "*.npy": ("*.npy", "*/*.h5")}
"""Which files are damaged together. Features of the real examples that stand for a model are read
only where a reference is measured, so they cannot be damaged alone."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on decoded pictures, evaluated; its cache holds files of every kind."""
    folder = tmp_path_factory.mktemp("caches") / "project"
    (folder / "pictures").mkdir(parents=True)
    for number, image in enumerate(blobs(1200, 0)):
        Image.fromarray(image[..., 0].repeat(2, 0).repeat(2, 1)).save(
            folder / "pictures" / f"{number:04}.png"
        )
    registry = write_project(folder)
    text = registry.read_text(encoding="utf-8").replace("path", "channels = 1\npath")
    text = text.replace('use = "arrays"', 'use = "image_folder"\ncache = "disk"')
    registry.write_text(text.replace("blobs.npz", "pictures"), encoding="utf-8")
    done = vaereg_here("train", "--epochs", "1", cwd=folder)
    assert done.returncode == 0, done.stderr
    first = newest(folder)
    (folder / "scores.json").write_text(evaluated(folder)[1], encoding="utf-8")
    (folder / "weights.h5").write_bytes((first / "model.weights.h5").read_bytes())
    shutil.copytree(cache_of(folder), whole_of(folder))
    for kind in ("features", "references", "extractors"):
        assert [*(whole_of(folder) / kind).glob("*.h5")]
    return folder


def cache_of(project: Path) -> Path:
    return project / ".vaereg" / "cache"


def whole_of(project: Path) -> Path:
    return project / "whole"


def evaluated(project: Path) -> tuple[str, str]:
    """What an evaluation tells, and its scores."""
    run = newest(project).relative_to(project)
    words = ("--features", "local_texture", "--again", "--json")
    done = vaereg_here("evaluate", run, *words, cwd=project)
    assert done.returncode == 0, done.stderr[-2000:] + done.stdout[-2000:]
    scores = json.loads(done.stdout)["evaluations"][0]["scores"]
    return done.stderr, json.dumps(scores, sort_keys=True)


def damaged(project: Path, patterns: Sequence[str], damage: str) -> list[Path]:
    """Restores the cache, then damages all files of some patterns; returns their names."""
    cache, whole = cache_of(project), whole_of(project)
    shutil.rmtree(cache)
    shutil.copytree(whole, cache)
    names = [each.relative_to(whole) for pattern in patterns for each in whole.glob(pattern)]
    for name in names:
        DAMAGE[damage](cache / name, random.Random(f"{SEED} {damage} {name.parent}"))
    return names


@pytest.mark.storm
@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("files", FILES)
def test_damaged_caches_change_no_score_and_are_made_anew(
    project: Path, files: str, damage: str
) -> None:
    names = damaged(project, FILES[files], damage)

    with time_limit(300):
        told, scores = evaluated(project)

    assert scores == (project / "scores.json").read_text(encoding="utf-8")
    assert wrongly_told(project, names, told, damage) == [], f"seed {SEED}, {files}, {damage}"


@pytest.mark.storm
@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("files", ["*.json", "*.npy"])
def test_a_training_with_damaged_decoded_images_gives_the_same_weights(
    project: Path, files: str, damage: str
) -> None:
    names = damaged(project, (files,), damage)

    with time_limit(300):
        done = vaereg_here("train", "--epochs", "1", "--runs", "others", cwd=project)

    assert done.returncode == 0, done.stderr[-2000:]
    (run,) = (project / "others" / "tiny").iterdir()
    weights = digest_of(read_state(run / "model.weights.h5")[0])
    shutil.rmtree(project / "others")
    assert weights == digest_of(read_state(project / "weights.h5")[0])
    told = done.stderr
    assert wrongly_told(project, names, told, damage) == [], f"seed {SEED}, {files}, {damage}"


def wrongly_told(project: Path, names: Sequence[Path], told: str, damage: str) -> list[str]:
    """Which damaged files are not told in one line, or were not made anew."""
    wrong = []
    for name in names:
        lines = [line for line in told.splitlines() if name.stem in line]
        if len(lines) != 1 and (lines or damage not in UNTOLD[name.suffix]):
            wrong.append(f"{name} is told in {len(lines)} lines: {lines}")
        if lines and damage != "a folder" and not is_whole(project, name):
            wrong.append(f"{name} was not made anew")
    return wrong


def is_whole(project: Path, name: Path) -> bool:
    """Whether a file holds what it held when it was whole."""
    now, before = cache_of(project) / name, whole_of(project) / name
    if name.suffix == ".h5":
        return digest_of(read_state(now)[0]) == digest_of(read_state(before)[0])
    return now.read_bytes() == before.read_bytes()
