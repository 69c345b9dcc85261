import io
from types import SimpleNamespace

import pytest

from vaereg.errors import NotFiniteError
from vaereg.host.progress import Progress
from vaereg.training.callbacks.not_finite_guard import NotFiniteGuard
from vaereg.training.callbacks.progress_display import ProgressDisplay
from vaereg.training.clock import Clock
from vaereg.training.monitor import Monitor


class Shown(Progress):
    """Shows a step whenever `due` says so."""

    due = True

    def step_is_due(self):
        return self.due


@pytest.fixture
def display():
    clock = Clock(10, 32)
    clock.step_seconds = 2.0
    made = ProgressDisplay(
        Shown(stream=io.StringIO()),
        epochs=3,
        steps_per_epoch=10,
        guard=NotFiniteGuard(("loss",), 10, clock),
        clock=clock,
        best=Monitor("loss"),
        evaluation=SimpleNamespace(seconds_left=lambda epoch: 100.0 * (3 - epoch)),
    )
    made.on_epoch_begin(1)
    return made


def lines(display):
    return display._progress.stream.getvalue().splitlines()


def test_a_step_is_shown_when_one_is_due_with_the_time_left(display):
    Shown.due = False
    display.on_train_batch_end(2, {"loss": 1.5})
    assert lines(display) == []
    Shown.due = True
    display.on_train_batch_end(3, {"loss": 1.5})
    # 6 steps of this epoch, 10 of the next, and two evaluations
    assert lines(display) == ["epoch 2/3  4/10  loss 1.5  16 images/s  3 min 52 s left"]


def test_a_term_that_is_not_finite_is_not_shown(display):
    with pytest.raises(NotFiniteError):
        display.on_train_batch_end(3, {"loss": float("nan")})


def test_an_epoch_is_shown_with_its_terms_and_whether_it_is_the_best(display):
    display._best.update(1, {"loss": 2.0})
    display.on_epoch_end(1, {"loss": 3.0, "kl": 0.5})
    assert "epoch 2/3  loss 3  kl 0.5" in lines(display)[0]
    assert "best" not in lines(display)[0]
    display._best.update(3, {"loss": 1.0})
    display.on_epoch_begin(2)
    display.on_epoch_end(2, {"loss": 1.0})
    assert lines(display)[1].endswith("best loss")
    assert "left" not in lines(display)[1]  # nothing follows
