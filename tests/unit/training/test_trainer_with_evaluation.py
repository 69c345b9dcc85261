"""Trainings with a stand-in for the evaluator that uses the weights as the real one does."""

import attrs
import numpy as np
import pytest

from tests.helpers.tiny_run import STEPS
from tests.unit.training.test_trainer import Killed, equal, kill_at
from vaereg.contracts.metric import ScoreInfo
from vaereg.errors import DataError, DeclarationError
from vaereg.runs.checkpoints import BEST, load_checkpoint
from vaereg.runs.history import read_history
from vaereg.runs.log import read_log

pytestmark = pytest.mark.slow

RATIO = ScoreInfo(question="sharp", direction=0, ideal=1.0, meaning="A ratio.")
SETTINGS = """
ema = 0.9
samples_every = 0
checkpoint = { every_steps = 3, every_seconds = 0.0 }
"""
EVALUATE = "evaluate = { every = 2 }\n"
FIVE = "train.epochs=5"


class TrainingEvaluator:
    """Gives a mean of samples, or the given values, in turn."""

    columns = {"eval_mean": RATIO}  # noqa: RUF012

    def __init__(self, settings, values=()):
        self.settings = settings
        self.values = list(values)

    def evaluate(self, vae):
        if self.values:
            return {"eval_mean": self.values.pop(0)}
        reconstructed = vae.reconstruct(np.full((10, 8, 8, 1), 0.5))
        return {"eval_mean": float(vae.sample(10, 0).mean() + reconstructed.mean())}


def evaluator_of(made, values=()):
    return TrainingEvaluator(made.declaration.train.evaluate, values)


def cells(run, name):
    return [row.get(name, "") for row in read_history(run.history)]


def test_scores_are_in_the_history_and_the_log_and_the_training_stays_the_same(project):
    made = project(SETTINGS + EVALUATE, FIVE)
    run = made.new_run()
    outcome = made.train(run, evaluator=evaluator_of(made))
    expected = made.vae.state()

    found = cells(run, "eval_mean")
    assert [bool(cell) for cell in found] == [False, True, False, True, True]
    epochs = [event["terms"] for event in read_log(run.log) if event["event"] == "epoch"]
    assert ["eval_mean" in terms for terms in epochs] == [False, True, False, True, True]
    assert outcome.terms["eval_mean"] == float(found[-1]) == epochs[-1]["eval_mean"]

    settings = attrs.evolve(made.declaration.train, evaluate=None)
    plain = made.new_run()
    made.train(plain, declaration=attrs.evolve(made.declaration, train=settings))
    assert equal(expected, made.vae.state()) == []
    rows = read_history(run.history)
    assert [{k: v for k, v in row.items() if k != "eval_mean"} for row in rows] == read_history(
        plain.history
    )
    assert equal(load_checkpoint(run, BEST).arrays, load_checkpoint(plain, BEST).arrays) == []


@pytest.mark.parametrize("step", [2 * STEPS, 3 * STEPS + 5])
def test_a_killed_training_continues_to_the_same_bits_and_scores(project, monkeypatch, step):
    made = project(
        SETTINGS + EVALUATE + 'early_stopping = { monitor = "eval_mean" }\n',
        FIVE,
        'train.checkpoint.monitor="eval_mean"',
    )
    whole, torn = made.new_run(), made.new_run()
    made.train(whole, evaluator=evaluator_of(made))
    expected = made.vae.state()
    with monkeypatch.context() as patch, pytest.raises(Killed):
        kill_at(patch, step)
        made.train(torn, evaluator=evaluator_of(made))
    made.train(torn, load_checkpoint(torn), evaluator=evaluator_of(made))

    assert equal(expected, made.vae.state()) == []
    assert torn.history.read_bytes() == whole.history.read_bytes()
    mine, theirs = load_checkpoint(torn), load_checkpoint(whole)
    assert mine.monitors == theirs.monitors
    assert mine.monitors["early_stopping"]["term"] == "eval_mean"
    assert equal(load_checkpoint(torn, BEST).arrays, load_checkpoint(whole, BEST).arrays) == []


def test_early_stopping_waits_for_evaluations_and_keeps_what_came_closest_to_the_ideal(project):
    made = project(
        SETTINGS + EVALUATE + 'early_stopping = { monitor = "eval_mean", patience = 1 }\n',
        "train.epochs=20",
        'train.checkpoint.monitor="eval_mean"',
    )
    run = made.new_run()
    # in epochs 2, 4, 6 and 8: 1.3 is closest to 1, so epoch 4 is the best
    outcome = made.train(run, evaluator=evaluator_of(made, [3.0, 1.3, 0.5, 1.4]))
    assert outcome.stopped_early and outcome.epochs == 8
    assert outcome.best == {"term": "eval_mean", "value": 1.3, "epoch": 4}
    assert load_checkpoint(run, BEST).position.epoch == 4
    assert [cell for cell in cells(run, "eval_mean") if cell] == ["3.0", "1.3", "0.5", "1.4"]


def test_where_early_stopping_ends_the_training_the_last_epoch_is_evaluated(project):
    # no epoch gains so much, so the third is the last
    made = project(
        SETTINGS + "evaluate = { every = 7 }\nearly_stopping = { min_delta = 1e9, patience = 1 }\n",
        "train.epochs=9",
    )
    run = made.new_run()
    assert made.train(run, evaluator=evaluator_of(made)).epochs == 3
    assert [bool(cell) for cell in cells(run, "eval_mean")] == [False, False, True]


def test_a_metric_that_fails_costs_a_cell_and_not_the_training(project, monkeypatch):
    made = project(SETTINGS + EVALUATE, FIVE)
    evaluator = evaluator_of(made)
    real, calls = evaluator.evaluate, []

    def failing(vae):
        calls.append(1)
        if len(calls) == 1:
            raise DataError("it cannot be measured")
        return real(vae)

    monkeypatch.setattr(evaluator, "evaluate", failing)
    run = made.new_run()
    assert made.train(run, evaluator=evaluator).epochs == 5
    assert [bool(cell) for cell in cells(run, "eval_mean")] == [False, False, False, True, True]
    assert "not evaluated" in [event["event"] for event in read_log(run.log)]


def test_a_score_that_is_not_logged_cannot_be_watched(project):
    made = project(SETTINGS + EVALUATE, FIVE, 'train.early_stopping.monitor="eval_meen"')
    with pytest.raises(DeclarationError, match='did you mean "eval_mean"'):
        made.train(made.new_run(), evaluator=evaluator_of(made))


def test_a_declared_evaluation_without_an_evaluator_is_a_fault_of_the_caller(project):
    made = project(SETTINGS + EVALUATE, FIVE)
    with pytest.raises(ValueError, match="no evaluator"):
        made.train(made.new_run())
