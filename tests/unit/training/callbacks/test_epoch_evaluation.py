import attrs
import pytest

from vaereg.contracts.metric import ScoreInfo
from vaereg.declaration.declaration import Evaluating
from vaereg.errors import PluginError
from vaereg.host.progress import Progress
from vaereg.runs.log import Log, read_log
from vaereg.training.callbacks.early_stopper import EarlyStopper
from vaereg.training.callbacks.epoch_evaluation import EpochEvaluation
from vaereg.training.clock import Clock
from vaereg.training.monitor import Monitor

INFO = ScoreInfo(question="true", direction=1, meaning="Good.")


@attrs.define
class StandIn:
    every: int = 1
    error: Exception | None = None
    columns = {"eval_good": INFO}  # noqa: RUF012

    @property
    def settings(self):
        return Evaluating(every=self.every)

    def evaluate(self, vae):
        if self.error is not None:
            raise self.error
        return {"eval_good": float(vae)}


@pytest.fixture
def evaluation(tmp_path):
    def make(evaluator, epochs=7, stopper=None):
        return EpochEvaluation(
            evaluator,
            0.5,
            epochs=epochs,
            stopper=stopper,
            clock=Clock(1, 1),
            log=Log(tmp_path / "log.jsonl"),
            progress=Progress(quiet=True),
        )

    return make


def due(made, epochs):
    return [epoch for epoch in range(1, epochs + 1) if made.is_due(epoch, ends=False)]


def test_a_model_is_evaluated_every_so_many_epochs_and_at_the_end(evaluation):
    assert due(evaluation(StandIn(every=3)), 7) == [3, 6, 7]
    assert due(evaluation(StandIn(every=3), epochs=6), 6) == [3, 6]
    assert evaluation(StandIn(every=3)).is_due(4, ends=True)


def test_scores_are_added_to_the_terms_of_the_epoch(evaluation):
    made = evaluation(StandIn(every=2))
    first, second = {"loss": 1.0}, {"loss": 0.9}
    made.on_epoch_end(0, first)
    made.on_epoch_end(1, second)
    assert (first, second) == ({"loss": 1.0}, {"loss": 0.9, "eval_good": 0.5})


def test_the_epoch_after_which_early_stopping_ends_the_training_is_evaluated(evaluation):
    stopper = EarlyStopper(Monitor("loss"), patience=0)
    stopper.monitor.update(1, {"loss": 1.0})
    made = evaluation(StandIn(every=5), stopper=stopper)
    better, worse = {"loss": 0.5}, {"loss": 2.0}
    made.on_epoch_end(1, better)
    made.on_epoch_end(1, worse)
    assert "eval_good" in worse and "eval_good" not in better
    assert not stopper.is_patience_exhausted


@pytest.mark.parametrize("every", range(1, 9))
def test_the_time_left_counts_the_evaluations_to_come(evaluation, every):
    made = evaluation(StandIn(every=every))
    made.seconds = 10.0
    for epoch in range(8):
        to_come = [each for each in due(made, 7) if each > epoch]
        assert made.seconds_left(epoch) == 10.0 * len(to_come)


def test_a_metric_that_fails_costs_the_scores_of_the_epoch_and_is_logged(evaluation, tmp_path):
    assert evaluation(StandIn()).scores(1) == {"eval_good": 0.5}
    assert evaluation(StandIn(error=PluginError("it broke"))).scores(2) == {}
    (event,) = read_log(tmp_path / "log.jsonl")
    assert (event["event"], event["epoch"]) == ("not evaluated", 2)
    assert "it broke" in event["reason"]
    with pytest.raises(RuntimeError):  # a fault of ours is not hidden
        evaluation(StandIn(error=RuntimeError())).scores(3)
