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


def made_display(epochs=3, evaluation=None, *, may_stop_early=False):
    clock = Clock(10, 32)
    clock.step_seconds = 2.0
    return ProgressDisplay(
        Shown(stream=io.StringIO()),
        epochs=epochs,
        steps_per_epoch=10,
        guard=NotFiniteGuard(("loss",), 10, clock),
        clock=clock,
        best=Monitor("loss"),
        evaluation=evaluation,
        may_stop_early=may_stop_early,
    )


@pytest.fixture
def display():
    made = made_display(evaluation=SimpleNamespace(seconds_left=lambda epoch: 100.0 * (3 - epoch)))
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
    assert lines(display) == ["epoch 2/3  4/10  loss 1.5  16 examples/s  3 min 52 s left"]


def test_a_term_that_is_not_finite_is_not_shown(display):
    with pytest.raises(NotFiniteError):
        display.on_train_batch_end(3, {"loss": float("nan")})


def test_a_loss_at_final_weights_is_shown_while_it_differs_from_the_loss(display):
    display._best = Monitor("val_loss_at_final_weights")
    display._best.update(2, {"val_loss_at_final_weights": 4.0})
    during = {"loss": 1.0, "val_loss": 2.0, "val_loss_at_final_weights": 4.0}

    display.on_epoch_end(1, during)
    display.on_epoch_end(1, during | {"val_loss_at_final_weights": 2.000001})  # rounded otherwise

    assert "val_loss 2  val_loss_at_final_weights 4" in lines(display)[0]
    assert lines(display)[0].endswith("best val_loss_at_final_weights")
    (after,) = [line for line in lines(display)[1:] if line.startswith("epoch")]
    assert "at_final_weights" not in after
    assert after.endswith("best val_loss")


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


def end_epochs(display, epoch_indices):
    for epoch_index in epoch_indices:
        display.on_epoch_begin(epoch_index)
        display._clock.caught_up()
        display.on_epoch_end(epoch_index, {"loss": 1.0})


def sentences(display):
    return [line for line in lines(display) if line.startswith("training will end")]


@pytest.mark.parametrize(
    ("may_stop_early", "words"),
    [
        (False, "training will end in about 2 min 40 s"),
        (True, "training will end in about 2 min 40 s, or earlier"),
    ],
)
def test_a_sentence_says_once_how_long_the_training_will_take(may_stop_early, words):
    display = made_display(10, may_stop_early=may_stop_early)
    end_epochs(display, [0])
    assert sentences(display) == []  # too little is known
    end_epochs(display, range(1, 6))
    assert sentences(display) == [words]


def test_a_training_that_is_about_to_end_needs_no_sentence():
    display = made_display(3)
    display._clock.step_seconds = 0.9
    end_epochs(display, range(3))
    assert sentences(display) == []


def test_within_a_long_epoch_the_sentence_does_not_wait_for_its_end():
    Shown.due = False
    display = made_display(3)
    display.on_epoch_begin(0)
    for batch, timed in ((1, 1), (3, 3), (5, 5)):
        display._clock.step_seconds, display._clock._timed_steps = 8.0, timed
        display.on_train_batch_end(batch, {"loss": 1.5})
    Shown.due = True
    # after step 4: 6 steps of this epoch and 20 of the next two
    assert lines(display) == ["training will end in about 3 min 30 s"]
