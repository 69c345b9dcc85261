import pytest

from vaereg.errors import NotFiniteError
from vaereg.training.callbacks.not_finite_guard import EVERY, NotFiniteGuard
from vaereg.training.clock import Clock

STEPS = 3 * EVERY + 5
FINE = {"loss": 2.0, "kl": 1.0}
BROKEN = {"loss": float("nan"), "kl": float("inf")}


class Read(dict):
    """Logs that count how often they are read."""

    reads = 0

    def items(self):
        self.reads += 1
        return super().items()


@pytest.fixture
def guard():
    made = NotFiniteGuard(("loss", "kl", "val_kl"), STEPS, Clock(STEPS, 1))
    made.on_epoch_begin(2)
    return made


def make_steps(guard, first, last, logs=FINE):
    """Makes steps one by one, both counted from 1; returns those after which logs were read."""
    checked = []
    for step in range(first, last + 1):
        watched = Read(logs)
        guard.on_train_batch_begin(step - 1)
        guard.on_train_batch_end(step - 1, watched)
        if watched.reads:
            checked.append(step)
    return checked


def test_the_first_step_steps_at_intervals_and_the_last_step_are_checked(guard):
    assert make_steps(guard, 1, STEPS) == [1, 1 + EVERY, 1 + 2 * EVERY, 1 + 3 * EVERY, STEPS]


def test_the_steps_since_the_last_check_are_named(guard):
    make_steps(guard, 1, 2 * EVERY)
    with pytest.raises(NotFiniteError, match=f"epoch 3, steps {2 + EVERY} to {1 + 2 * EVERY}"):
        make_steps(guard, 2 * EVERY + 1, 2 * EVERY + 1, BROKEN)


def test_the_steps_before_an_interruption_are_assumed_to_be_finite(guard):
    assert make_steps(guard, 31, 30 + EVERY) == [30 + EVERY]
    guard.on_epoch_begin(2)
    with pytest.raises(NotFiniteError, match=f"steps 31 to {30 + EVERY}"):
        make_steps(guard, 31, 30 + EVERY, BROKEN)


def test_terms_that_are_read_are_checked_once(guard):
    make_steps(guard, 1, 3)
    assert guard.read(3, FINE) == FINE
    again = Read(FINE)
    assert guard.read(3, again) == FINE and again.reads == 0
    with pytest.raises(NotFiniteError, match="step 5"):
        guard.read(4, BROKEN)


def test_the_terms_of_an_epoch_are_checked_and_put_into_order(guard):
    logs = {"kl": 1.0, "loss": 2.0, "val_kl": 3.0}
    guard.on_epoch_end(2, logs)
    assert list(logs) == ["loss", "kl", "val_kl"]
    with pytest.raises(NotFiniteError, match="'val_kl' became nan in epoch 3"):
        guard.on_epoch_end(2, {**FINE, "val_kl": float("nan")})
