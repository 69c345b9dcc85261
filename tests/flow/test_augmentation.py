"""Augmented runs: training alone is augmented, and a killed run goes on to the bit."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

import vaereg
from tests.helpers.killed_runs import DIE_IN_A_WRITE, assert_equal_runs, started
from tests.helpers.tiny_run import blobs, newest, vaereg_here, write_project
from vaereg.runs.state_file import read_state

AUGMENT = 'augment = ["flip", { use = "crop", least = 0.7 }, "translate", "brightness", "cutout"]'
OF_LATENTS = 'latent_augment = [{ use = "gaussian_noise", most = 0.5 }, "interpolate_noise"]'
STILL = 'optimizer = { use = "sgd", learning_rate = 1e-37 }\nsamples_every = 0'
"""Settings with which the weights stay as they are, so that whatever differs was augmented."""


def project(folder: Path, train: str, *, augmented: bool = True) -> Path:
    folder.mkdir(exist_ok=True)
    registry = write_project(folder, train, x_test=blobs(200, 2))
    text = registry.read_text(encoding="utf-8")
    text = text.replace("latent = 3", 'latent = 3\nsampler = "gaussian_mixture"')
    if augmented:
        text = text.replace('path = "blobs.npz"', f'path = "blobs.npz"\n{AUGMENT}')
        text = text.replace("latent = 3", f"latent = 3\n{OF_LATENTS}")
    registry.write_text(text, encoding="utf-8")
    return folder


def trained(folder: Path) -> Path:
    done = vaereg_here("train", "-q", "--epochs", "1", cwd=folder)
    assert done.returncode == 0, done.stderr
    return newest(folder)


def rows(run: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((run / "history.csv").read_text(encoding="utf-8").splitlines()))


def test_only_training_is_augmented(tmp_path):
    runs = [
        trained(project(tmp_path / name, STILL, augmented=name == "augmented"))
        for name in ("augmented", "plain")
    ]
    augmented, plain = map(rows, runs)
    for mine, theirs in zip(augmented, plain, strict=True):
        for name in theirs:
            if name.startswith("val_"):
                assert mine[name] == theirs[name], name
        assert mine["loss"] != theirs["loss"]
    models = [vaereg.load(run) for run in runs]
    x = blobs(8, 5) / np.float32(255)
    for call in (
        lambda model: model.sample(20, seed=1),  # the sampler was fitted to encoded examples
        lambda model: model.encode(x).mode,
        lambda model: model.reconstruct(x),
    ):
        assert np.array_equal(*(np.asarray(call(model)) for model in models))
    lock = json.loads((runs[0] / "lock.json").read_text(encoding="utf-8"))
    assert lock["components"]["dataset.augment.1"]["component"] == "vaereg/crop"
    assert lock["components"]["latent_augment.0"]["component"] == "vaereg/gaussian_noise"
    changed = vaereg_here(
        "resume", runs[0], "--set", "data.blobs.augment=[]", cwd=runs[0].parents[2]
    )
    assert changed.returncode != 0
    assert "cannot change while a run is trained" in changed.stderr


@pytest.mark.slow
def test_evaluations_measure_what_they_measure_without_augmentations(tmp_path):
    scores = []
    for name in ("augmented", "plain"):
        folder = project(tmp_path / name, STILL, augmented=name == "augmented")
        run = trained(folder)
        done = vaereg_here("evaluate", run, "--json", "-q", cwd=folder)
        assert done.returncode == 0, done.stderr
        (evaluated,) = json.loads(done.stdout)["evaluations"]
        scores.append({k: each["value"] for k, each in evaluated["scores"].items()})
    assert scores[0] == scores[1]


@pytest.mark.slow
def test_a_run_that_is_killed_goes_on_with_the_same_draws(tmp_path):
    train = "checkpoint = { every_steps = 2, every_seconds = 0.0 }\nsamples_every = 0"
    folder = project(tmp_path, train)
    assert vaereg_here("train", "--epochs", "4", "-q", cwd=folder).returncode == 0
    whole = newest(folder)
    child = started(folder, "train", "--epochs", "4", code=DIE_IN_A_WRITE)
    child.communicate()
    killed = newest(folder)
    assert killed != whole
    assert vaereg_here("resume", killed, "-q", cwd=folder).returncode == 0
    assert_equal_runs(whole, killed)
    state = read_state(killed / "checkpoints" / "last.h5")[0]
    counters = {path: value for path, value in state.items() if "augment" in path}
    assert len(counters) == 7
    assert all(value.ravel()[1] >= 4 * 8 for value in counters.values())  # 8 steps an epoch
