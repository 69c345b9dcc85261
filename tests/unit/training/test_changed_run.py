"""Settings that change in a run apply from the checkpoint on, also after a kill."""

import attrs
import pytest

from vaereg.declaration.declaration import EarlyStopping, TrainSettings
from vaereg.runs.checkpoints import Checkpoint, DataOrder, Position
from vaereg.runs.run_declaration import Change
from vaereg.training.changed_run import changes_at, with_changes

RATE = Change(key="train.optimizer.learning_rate", before=1e-3, after=1e-4)
EPOCHS = Change(key="train.epochs", before=9, after=12)
WEIGHT = Change(key="models.tiny.kl.weight", before=1.0, after=2.0)
STOPPED = Checkpoint(
    position=Position(6),
    arrays={},
    data_order=DataOrder(steps_per_epoch=8, batch_size=32, examples=256, seed=3),
    monitors={
        "best": {"term": "val_loss", "best": 1.0, "best_epoch": 2, "waited": 4},
        "early_stopping": {"term": "val_loss", "best": 1.0, "best_epoch": 2, "waited": 4},
    },
    best="digest",
)
SETTINGS = TrainSettings(early_stopping=EarlyStopping(patience=3))


def at(change, epoch, step=0):
    return attrs.evolve(change, after_epoch=epoch, after_step=step)


def continued(*changes):
    said = []
    return with_changes(STOPPED, changes, SETTINGS, said.append), said


def test_a_change_is_recorded_where_the_run_continues():
    assert changes_at([at(RATE, 2)], [EPOCHS], Position(6, 3)) == (at(RATE, 2), at(EPOCHS, 6, 3))


def test_what_changed_after_an_earlier_checkpoint_changes_where_the_run_goes_back_to():
    assert changes_at([at(RATE, 5)], [], Position(3)) == (at(RATE, 3),)


def test_a_change_that_is_taken_back_before_a_step_is_none():
    back = attrs.evolve(RATE, before=1e-4, after=1e-3)
    assert changes_at([at(RATE, 6)], [back], Position(6)) == ()
    twice = attrs.evolve(RATE, before=1e-4, after=1e-5)
    assert changes_at([at(RATE, 6)], [twice], Position(6)) == (
        attrs.evolve(at(RATE, 6), after=1e-5),
    )


def test_more_epochs_after_early_stopping_are_trained():
    checkpoint, said = continued(at(EPOCHS, 6))
    assert checkpoint.monitors["early_stopping"]["waited"] == 0
    assert checkpoint.monitors["best"] == STOPPED.monitors["best"]
    assert "counts from 0" in said[0]


@pytest.mark.parametrize("changes", [[], [at(EPOCHS, 5)], [at(RATE, 6)]])
def test_without_more_epochs_here_early_stopping_stays_as_it_was(changes):
    assert continued(*changes) == (STOPPED, [])


def test_losses_of_other_weights_are_not_compared():
    checkpoint, said = continued(at(WEIGHT, 6))
    assert all(state["best"] is None for state in checkpoint.monitors.values())
    assert checkpoint.best == "" and "best epoch" in said[0]
    assert STOPPED.monitors["best"]["best"] == 1.0


@pytest.mark.parametrize(
    ("key", "restarted"),
    [("train.checkpoint.mode", "best"), ("train.early_stopping.mode", "early_stopping")],
)
def test_values_of_which_others_are_better_now_are_not_compared(key, restarted):
    change = Change(key=key, before="min", after="max")
    assert continued(at(change, 5)) == (STOPPED, [])
    checkpoint, said = continued(at(change, 6))
    for name, state in checkpoint.monitors.items():
        assert (state["best"] is None) == (name == restarted)
    assert (checkpoint.best == "") == (restarted == "best")
    assert key in said[0]
