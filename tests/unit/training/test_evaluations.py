import attrs
import pytest

from vaereg.contracts.metric import ScoreInfo
from vaereg.declaration.declaration import Evaluating
from vaereg.errors import PluginError
from vaereg.host.progress import Progress
from vaereg.runs.log import Log, read_log
from vaereg.training.evaluations import Evaluations

INFO = ScoreInfo(question="true", direction=1, meaning="Good.")


@attrs.define
class TrainingEvaluator:
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
def evaluations(tmp_path):
    def make(evaluator, epochs=7):
        return Evaluations(evaluator, epochs, Log(tmp_path / "log.jsonl"), Progress(quiet=True))

    return make


def due(made, epochs):
    return [epoch for epoch in range(1, epochs + 1) if made.is_due(epoch, ends=False)]


def test_it_is_time_every_so_many_epochs_and_at_the_end(evaluations):
    assert due(evaluations(TrainingEvaluator(every=3)), 7) == [3, 6, 7]
    assert due(evaluations(TrainingEvaluator(every=3), epochs=6), 6) == [3, 6]
    assert evaluations(TrainingEvaluator(every=3)).is_due(4, ends=True)


def test_without_an_evaluator_it_is_never_time(evaluations):
    made = evaluations(None)
    assert due(made, 7) == []
    assert not made.is_due(7, ends=True)
    assert (made.columns, made.seconds_left(1)) == ({}, 0.0)


@pytest.mark.parametrize("every", range(1, 9))
def test_the_time_left_counts_the_evaluations_to_come(evaluations, every):
    made = evaluations(TrainingEvaluator(every=every))
    made.seconds = 10.0
    for epoch in range(8):
        to_come = [each for each in due(made, 7) if each > epoch]
        assert made.seconds_left(epoch) == 10.0 * len(to_come)


def test_a_fault_costs_the_scores_of_the_epoch_and_is_logged(evaluations, tmp_path):
    assert evaluations(TrainingEvaluator()).scores(0.5, 1) == {"eval_good": 0.5}
    assert evaluations(TrainingEvaluator(error=PluginError("it broke"))).scores(0.5, 2) == {}
    (event,) = read_log(tmp_path / "log.jsonl")
    assert (event["event"], event["epoch"]) == ("not evaluated", 2)
    assert "it broke" in event["reason"]
    with pytest.raises(RuntimeError):  # a fault of ours is not hidden
        evaluations(TrainingEvaluator(error=RuntimeError())).scores(0.5, 3)
