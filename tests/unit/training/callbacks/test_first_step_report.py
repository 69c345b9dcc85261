import io
from types import SimpleNamespace

from vaereg.host.progress import Progress
from vaereg.runs.log import Log, read_log
from vaereg.training.callbacks.first_step_report import FirstStepReport
from vaereg.training.callbacks.not_finite_guard import NotFiniteGuard
from vaereg.training.clock import Clock


def reported(tmp_path, reason=""):
    """What is shown and logged of a training of three chunks."""
    progress = Progress(stream=io.StringIO())
    vae = SimpleNamespace(eager_reason=reason)
    guard = NotFiniteGuard(("loss",), 8, Clock(8, 1))
    report = FirstStepReport(vae, guard, Log(tmp_path / "log.jsonl"), progress)
    report.on_epoch_begin(0)
    for batch in range(3):
        report.on_train_batch_end(batch, {"loss": 1.0})
    report.on_epoch_begin(1)
    return progress.stream.getvalue(), read_log(tmp_path / "log.jsonl")


def test_the_first_step_is_reported_once_with_the_stages_before_it(tmp_path):
    shown, events = reported(tmp_path)
    assert shown.count("compiling the first step") == shown.count("first step after") == 1
    assert [event["event"] for event in events] == ["first step"]
    assert list(events[0]["seconds"]) == ["compile"]
    assert "eager" not in shown and "eager_reason" not in events[0]


def test_why_steps_run_eagerly_is_reported_with_it(tmp_path):
    shown, (event,) = reported(tmp_path, reason="the step depends on tensor values")
    assert "note: running eagerly: the step depends on tensor values" in shown
    assert event["eager_reason"] == "the step depends on tensor values"
