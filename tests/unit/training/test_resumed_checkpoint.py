"""A run continues from what its checkpoints hold, or says why it cannot."""

import attrs
import numpy as np
import pytest

from vaereg.errors import RunError
from vaereg.runs.checkpoints import (
    Checkpoint,
    DataOrder,
    Position,
    load_checkpoint,
    save_checkpoint,
)
from vaereg.runs.layout import create_run
from vaereg.runs.status import Status, write_status
from vaereg.training.resumed_checkpoint import (
    best_checkpoint,
    check_epochs,
    checkpoint_to_continue,
)


def at(epoch: int, best_epoch: int = 0, **more) -> Checkpoint:
    return Checkpoint(
        position=Position(epoch),
        arrays={"w": np.full(3, epoch)},
        data_order=DataOrder(steps_per_epoch=8, batch_size=32, examples=256, seed=3),
        monitors={
            "best": {"term": "loss", "best": 1.0, "best_epoch": best_epoch, "waited": 1},
            "early_stopping": {"term": "loss", "best": 1.0, "best_epoch": 1, "waited": 1},
        },
        **more,
    )


@pytest.fixture
def run(tmp_path):
    """Three epochs were trained; the second was the best."""
    made = create_run(tmp_path, "m", {"declaration.toml": ""})
    digest = save_checkpoint(made.best, at(2, 2))
    save_checkpoint(made.last, at(3, 2, best=digest))
    return made


def continued(run, which=None, needs_best=True):
    told = []
    checkpoint = checkpoint_to_continue(run, which, needs_best=needs_best, warn=told.append)
    return checkpoint, told


def test_a_run_continues_from_its_last_checkpoint(run):
    checkpoint, told = continued(run)
    assert (checkpoint.position, told) == (Position(3), [])


def test_a_run_that_was_not_trained_begins(tmp_path):
    new = create_run(tmp_path, "m", {"declaration.toml": ""})
    assert continued(new) == (None, [])


@pytest.mark.parametrize("fault", ["missing", "damaged", "of another epoch"])
def test_lost_weights_of_the_best_epoch_are_not_replaced_in_silence(run, fault):
    if fault == "missing":
        run.best.unlink()
    elif fault == "damaged":
        content = bytearray(run.best.read_bytes())
        content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
        run.best.write_bytes(content)
    else:
        save_checkpoint(run.best, at(1, 1))
    with pytest.raises(RunError, match=r"--from last") as error:
        continued(run)
    assert "best.h5" in str(error.value)

    checkpoint, told = continued(run, "last")  # what the message says
    assert checkpoint.position == Position(3)
    assert "best.h5" in told[0] and "last epoch" in told[0]
    assert continued(run)[1] == []  # from then on it is as if there had been none


def test_without_early_stopping_the_best_epoch_need_not_be_there(run):
    run.best.unlink()
    assert continued(run, needs_best=False)[0].position == Position(3)


def test_a_best_epoch_written_just_before_a_kill_is_no_fault(run):
    save_checkpoint(run.best, at(4, 4))
    assert continued(run)[0].position == Position(3)


def test_at_the_end_the_best_checkpoint_must_be_that_of_the_training(run):
    stored = load_checkpoint(run).best
    assert best_checkpoint(run, 2, stored).position == Position(2)
    save_checkpoint(run.best, attrs.evolve(at(2, 2), seconds=7.0))  # of another run
    with pytest.raises(RunError, match="is another one"):
        best_checkpoint(run, 2, stored)


def test_a_missing_last_checkpoint_does_not_begin_a_trained_run_anew(run):
    run.last.unlink()
    with pytest.raises(RunError, match=r"last.h5 is missing.*\n.*--from best"):
        continued(run)
    run.best.unlink()
    write_status(run, Status(state="finished", epochs=3, of=3))
    with pytest.raises(RunError, match="train again in a new run"):
        continued(run)


def test_from_best_without_a_best_checkpoint_does_not_begin_anew(run):
    run.best.unlink()
    with pytest.raises(RunError, match="no checkpoint of a best epoch"):
        continued(run, "best")


def test_a_run_cannot_end_before_the_epochs_it_has(run):
    check_epochs(run, 3, Position(3))
    with pytest.raises(RunError, match="at least 3"):
        check_epochs(run, 2, Position(3))
    with pytest.raises(RunError, match="at least 4"):
        check_epochs(run, 3, Position(3, 1))


def test_a_run_that_continues_from_its_best_epoch_ends_with_it_if_none_is_better(run):
    earlier = save_checkpoint(run.best, at(1, 1))
    digest = save_checkpoint(run.best, at(2, 2, best=earlier))  # as it is written
    checkpoint, _ = continued(run, "best")
    assert checkpoint.best == digest
    assert best_checkpoint(run, 2, checkpoint.best).position == Position(2)
