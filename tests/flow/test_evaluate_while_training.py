"""`[train.evaluate]` and `--evaluate-every` as a user runs them, with the real metrics."""

import json
import signal

import pytest

from tests.flow.test_kill_resume import started
from tests.helpers.tiny_run import blobs, newest, result, vaereg_here, write_project
from vaereg.runs.history import read_history
from vaereg.runs.log import read_log

VALIDATION = blobs(120, 1)

EVALUATE = """
checkpoint = { every_steps = 3, every_seconds = 0.0, monitor = "eval_hf_gap" }
samples_every = 0
[train.evaluate]
every = 2
examples = 110
features = "pixels"
scores = ["hf_gap", "coverage", "elbo"]
[train.early_stopping]
monitor = "eval_coverage_pixels"
"""

SCORES = ("eval_hf_gap", "eval_coverage_pixels", "eval_elbo")


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory):
    """A project with a run that was evaluated in epochs 2, 4 and 5, and its output."""
    folder = tmp_path_factory.mktemp("evaluated")
    write_project(folder, EVALUATE, x_val=VALIDATION)
    return folder, vaereg_here("train", "--epochs", "5", "--json", cwd=folder)


def test_scores_are_in_history_log_progress_and_outcome(evaluated):
    folder, done = evaluated
    outcome = result(done)
    run = newest(folder)
    rows = read_history(run / "history.csv")
    assert list(rows[0])[-3:] == list(SCORES)
    assert [all(row[name] for name in SCORES) for row in rows] == [False, True, False, True, True]
    assert [any(row[name] for name in SCORES) for row in rows] == [False, True, False, True, True]
    assert {name: outcome["terms"][name] for name in SCORES} == {
        name: float(rows[-1][name]) for name in SCORES
    }
    (last,) = [
        event
        for event in read_log(run / "log.jsonl")
        if event["event"] == "epoch" and event["epoch"] == 5
    ]
    assert set(SCORES) <= last["terms"].keys()
    assert "evaluating epoch 4" in done.stderr and "evaluating epoch 3" not in done.stderr
    line = next(text for text in done.stderr.splitlines() if text.startswith("epoch 4/5"))
    assert all(name in line for name in SCORES)
    # the evaluator's held-out bound and the validation loss measure the same quantity
    assert float(rows[-1]["eval_elbo"]) == pytest.approx(-float(rows[-1]["val_loss"]), rel=0.05)


def test_the_best_epoch_is_the_one_whose_score_came_closest_to_its_ideal(evaluated):
    folder, done = evaluated
    rows = read_history(newest(folder) / "history.csv")
    gaps = {int(row["epoch"]): float(row["eval_hf_gap"]) for row in rows if row["eval_hf_gap"]}
    epoch = min(gaps, key=lambda each: abs(gaps[each]))
    assert result(done)["best"] == {"term": "eval_hf_gap", "value": gaps[epoch], "epoch": epoch}


def test_the_run_keeps_which_extractor_was_used_with_its_parameters(evaluated):
    text = (newest(evaluated[0]) / "declaration.toml").read_text(encoding="utf-8")
    assert 'features = { use = "vaereg/pixels", dimensions = ' in text


@pytest.mark.slow
def test_the_training_is_the_same_without_evaluation(evaluated):
    folder, _ = evaluated
    run = newest(folder)
    setting = 'train.checkpoint.monitor="val_loss"'
    done = vaereg_here(
        "train", "--epochs", "5", "--evaluate-every", "0", "--json", "-q",
        "--set", setting, "--set", "train.early_stopping=false", "--runs", "plain", cwd=folder,
    )  # fmt: skip
    plain = result(done)["run"]
    rows = read_history(run / "history.csv")
    without = [{k: v for k, v in row.items() if k not in SCORES} for row in rows]
    assert without == read_history(folder / plain / "history.csv")


DIE = """
import os, signal
from vaereg.training.callbacks.epoch_evaluation import EpochEvaluation
real = EpochEvaluation.scores
def deadly(self, epoch):
    scores = real(self, epoch)
    if epoch == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    return scores
EpochEvaluation.scores = deadly
"""


@pytest.mark.slow
def test_a_run_killed_during_an_evaluation_resumes_to_the_same_scores(evaluated):
    folder, _ = evaluated
    whole = (newest(folder) / "history.csv").read_bytes()
    child = started(folder, "train", "--epochs", "5", "--runs", "torn", code=DIE)
    child.communicate()
    assert child.returncode == -signal.SIGKILL
    (run,) = (folder / "torn" / "tiny").iterdir()
    assert len(read_history(run / "history.csv")) == 3
    assert result(vaereg_here("resume", run, "--json", "-q", cwd=folder))["epochs"] == 5
    assert (run / "history.csv").read_bytes() == whole


@pytest.mark.slow
def test_many_seeds_are_trained_and_evaluated_as_each_would_be_alone(tmp_path):
    write_project(tmp_path, x_val=VALIDATION)
    words = ("train", "--epochs", "1", "--evaluate-every", "1", "--json", "-q")
    words += ("--set", 'train.evaluate.scores=["active_units"]')
    done = vaereg_here(*words, "--seeds", "2", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    runs = json.loads(done.stdout)["runs"]
    assert [each["seed"] for each in runs] == [0, 1]
    assert ["eval_active_units" in each["terms"] for each in runs] == [True, True]
    assert runs[0]["terms"] != runs[1]["terms"]
    alone = vaereg_here(*words, "--seed", "1", cwd=tmp_path)
    assert result(alone)["terms"] == runs[1]["terms"]


FAULTS = [
    ("a score", ("--set", 'train.evaluate.scores=["coverag"]'), 2, 'did you mean "coverage"'),
    ("an extractor", ("--set", 'train.evaluate.features="pixel"'), 2, 'did you mean "pixels"'),
    ("an interval", ("--evaluate-every", "-1"), 2, "at least 0"),
]


@pytest.mark.parametrize(("words", "code", "told"), [fault[1:] for fault in FAULTS],
                         ids=[fault[0] for fault in FAULTS])  # fmt: skip
def test_data_that_cannot_be_evaluated_is_an_error_before_anything_is_written(
    tmp_path, words, code, told
):
    write_project(tmp_path, x_val=VALIDATION)
    done = vaereg_here("train", *words, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert told in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "runs").exists()


def test_too_little_validation_data_is_an_error_before_anything_is_written(tmp_path):
    write_project(tmp_path)  # 40 validation examples
    done = vaereg_here("train", "--evaluate-every", "1", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "at least 100 validation examples; the data has 40" in done.stderr
    assert not (tmp_path / "runs").exists()


def test_a_resumed_run_cannot_change_its_evaluation(evaluated):
    run = newest(evaluated[0])
    done = vaereg_here("train", "--resume", run, "--evaluate-every", "3", cwd=evaluated[0])
    assert done.returncode == 2
    assert "--evaluate-every cannot change it" in done.stderr
