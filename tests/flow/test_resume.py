"""A run goes on where its project is now, and with the settings that it is given."""

import csv
import json
import re

import numpy as np
import pytest

from tests.helpers.tiny_run import newest, vaereg_here, write_project
from vaereg.runs.state_file import read_state

SETTINGS = 'samples_every = 0\noptimizer = { use = "adam", learning_rate = 1e-3 }'


def trained(folder, settings=SETTINGS):
    write_project(folder, settings)
    assert vaereg_here("train", "-q", cwd=folder).returncode == 0
    return newest(folder)


def rates(run):
    arrays = read_state(run / "checkpoints" / "last.h5")[0]
    return [float(value) for path, value in arrays.items() if path.endswith("/learning_rate")]


@pytest.mark.slow
def test_a_learning_rate_that_is_set_is_used_and_recorded_with_its_epoch(tmp_path):
    run = trained(tmp_path)
    before = read_state(run / "model.weights.h5")[0]
    rate = "train.optimizer.learning_rate=1e-15"
    done = vaereg_here("resume", run, "--epochs", "4", "--set", rate, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "changed: train.optimizer.learning_rate from 0.001 to 1e-15" in done.stderr
    after = read_state(run / "model.weights.h5")[0]
    assert all(np.allclose(before[path], after[path], atol=1e-9) for path in before)
    assert min(rates(run)) == pytest.approx(1e-15)
    text = (run / "declaration.toml").read_text()
    assert (
        'key = "train.optimizer.learning_rate"\nbefore = 0.001\nafter = 1e-15\nafter_epoch = 3'
        in text
    )
    events = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    assert {each["key"] for each in events if each["event"] == "changed"} == {
        "train.optimizer.learning_rate",
        "train.epochs",
    }

    # and a process that continues it later goes on with it
    assert vaereg_here("resume", run, "-q", "--epochs", "5", cwd=tmp_path).returncode == 0
    later = read_state(run / "model.weights.h5")[0]
    assert all(np.allclose(before[path], later[path], atol=1e-9) for path in before)


@pytest.mark.slow
def test_a_schedule_replaces_a_learning_rate_and_evaluation_may_begin(tmp_path):
    run = trained(tmp_path)
    schedule = "{use='cosine_decay', initial_learning_rate=1e-3, decay_steps=40}"
    done = vaereg_here(
        *("resume", run, "-q", "--epochs", "4", "--set", "train.early_stopping={patience=2}"),
        *("--set", f"train.optimizer.learning_rate={schedule}"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "cosine_decay" in (run / "declaration.toml").read_text()
    assert (
        vaereg_here("sample", run, "-q", "-n", "2", "--weights", "best", cwd=tmp_path).returncode
        == 0
    )


@pytest.mark.slow
def test_what_cannot_change_is_refused_by_name_and_an_edit_by_hand_is_noticed(tmp_path):
    run = trained(tmp_path)
    text = (run / "declaration.toml").read_text()
    done = vaereg_here("resume", run, "--set", "models.tiny.latent=4", cwd=tmp_path)
    assert done.returncode == 2 and "models.tiny.latent from 3 to 4" in done.stderr
    assert (run / "declaration.toml").read_text() == text

    edited = re.sub("learning_rate = .*", "learning_rate = 0.5 }", text)
    (run / "declaration.toml").write_text(edited)
    for command in (("resume", run, "--epochs", "4"), ("sample", run, "-n", "1")):
        done = vaereg_here(*command, cwd=tmp_path)
        assert done.returncode == 4 and "edited by hand" in done.stderr
    done = vaereg_here("resume", run, "--epochs", "4", "--ignore-lock", cwd=tmp_path)
    assert done.returncode == 0 and "edited by hand" in done.stderr
    assert 0.5 in rates(run)


@pytest.mark.slow
def test_more_epochs_after_early_stopping_are_trained(tmp_path):
    stopping = "early_stopping = { min_delta = 1e9, patience = 0 }"
    run = trained(tmp_path, f"{SETTINGS}\n{stopping}")
    rows = list(csv.DictReader((run / "history.csv").open()))
    assert len(rows) == 2
    done = vaereg_here("resume", run, "-q", "--epochs", "5", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(list(csv.DictReader((run / "history.csv").open()))) == 3


@pytest.mark.slow
def test_a_project_that_moves_goes_on(tmp_path):
    (tmp_path / "cluster").mkdir()
    run = trained(tmp_path / "cluster")
    names = [path for path in run.rglob("*") if path.suffix in (".toml", ".json", ".jsonl", ".csv")]
    assert not [path for path in names if str(tmp_path) in path.read_text()]
    (tmp_path / "cluster").rename(tmp_path / "laptop")
    for command in (("resume", "tiny", "--epochs", "4"), ("sample", "tiny", "-n", "4")):
        done = vaereg_here(*command, "-q", cwd=tmp_path / "laptop")
        assert done.returncode == 0, done.stderr
    assert not (tmp_path / "cluster").exists()


@pytest.mark.slow
def test_runs_that_move_away_from_their_project_find_the_data_where_they_are_used(tmp_path):
    (tmp_path / "project").mkdir()
    run = trained(tmp_path / "project")
    (tmp_path / "backup" / "old").mkdir(parents=True)
    moved = tmp_path / "backup" / "old" / "run"
    run.rename(moved)
    done = vaereg_here("resume", moved, "--epochs", "4", cwd=tmp_path / "project")
    assert done.returncode == 0 and "it is read from" in done.stderr


@pytest.mark.slow
def test_a_run_that_is_killed_after_it_went_back_to_its_best_epoch_goes_on_from_there(
    tmp_path, monkeypatch
):
    # the loss falls, so the first epoch has the largest
    run = trained(tmp_path, f'{SETTINGS}\ncheckpoint = {{ mode = "max" }}')
    whole = (run / "history.csv").read_text()
    weights = read_state(run / "model.weights.h5")[0]

    def killed(*given):
        raise SystemExit(9)

    with monkeypatch.context() as patch:
        patch.setattr("vaereg.training.trainer.fit_all", killed)
        assert vaereg_here("resume", run, "--from", "best", "-q", cwd=tmp_path).returncode != 0
    assert len((run / "history.csv").read_text().splitlines()) < len(whole.splitlines())

    done = vaereg_here("resume", run, "-q", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (run / "history.csv").read_text() == whole
    after = read_state(run / "model.weights.h5")[0]
    assert all(np.array_equal(after[path], value) for path, value in weights.items())
