from pathlib import Path
from types import SimpleNamespace

import pytest

from vaereg.errors import Interrupted
from vaereg.runs.checkpoints import Position
from vaereg.runs.layout import RunFolder
from vaereg.training.callbacks.stop_on_signal import StopOnSignal
from vaereg.training.interruption import Interruption


def stop(*, asked, up_to_date):
    interruption = Interruption()
    interruption.asked, interruption.name = asked, "SIGTERM" if asked else ""
    checkpoints = SimpleNamespace(is_up_to_date=up_to_date, position=Position(2, 3))
    return StopOnSignal(interruption, checkpoints, RunFolder(Path("runs/m/x")))


@pytest.mark.parametrize(("asked", "up_to_date"), [(False, True), (True, False), (False, False)])
def test_training_continues_unless_a_signal_came_and_everything_is_kept(asked, up_to_date):
    callback = stop(asked=asked, up_to_date=up_to_date)
    callback.on_train_batch_end(2)
    callback.on_epoch_end(1, {})


def test_the_error_says_what_is_kept_and_how_to_resume():
    with pytest.raises(Interrupted) as error:
        stop(asked=True, up_to_date=True).on_train_batch_end(2)
    assert "stopped by SIGTERM after 2 epochs and 3 steps" in str(error.value)
    assert "resume with: vaereg resume runs/m/x" in str(error.value)
