import pytest

from vaereg.runs.layout import create_run
from vaereg.runs.log import Log, read_log
from vaereg.runs.process_lock import holding
from vaereg.runs.status import read_status
from vaereg.training.callbacks.epoch_log import EpochLog
from vaereg.training.clock import Clock


def test_each_epoch_is_logged_with_its_terms_and_moves_the_status(tmp_path):
    run = create_run(tmp_path, "m", {"declaration.toml": ""})
    clock = Clock(4, 32)
    clock.epoch_seconds, clock.step_seconds = 1.23456, 0.5
    log = EpochLog(run, Log(run.log), clock, epochs=3)
    with holding(run):
        log.on_epoch_end(1, {"loss": 0.1})
        status = read_status(run)
    assert (status.state, status.epochs, status.of) == ("running", 2, 3)
    (event,) = read_log(run.log)
    assert (event["event"], event["epoch"], event["terms"]) == ("epoch", 2, {"loss": 0.1})
    assert event["seconds"] == 1.235
    assert event["images_per_second"] == pytest.approx(64.0)
