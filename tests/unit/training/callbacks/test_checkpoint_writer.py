import time
from types import SimpleNamespace

import attrs
import numpy as np
import pytest

from vaereg.declaration.declaration import Checkpointing
from vaereg.errors import NotFiniteError
from vaereg.runs.checkpoints import BEST, DataOrder, Position, load_checkpoint
from vaereg.runs.layout import create_run
from vaereg.training.callbacks.checkpoint_writer import CheckpointWriter
from vaereg.training.callbacks.not_finite_guard import NotFiniteGuard
from vaereg.training.clock import Clock
from vaereg.training.interruption import Interruption
from vaereg.training.monitor import Monitor

ORDER = DataOrder(steps_per_epoch=10, batch_size=4, examples=40, seed=0)
FINE = {"loss": 1.0}


class Vae:
    """A model of one weight."""

    def __init__(self):
        self.weight = 1.0
        self.trainable_variables = [SimpleNamespace(path="w")]

    def state(self):
        return {"w": np.array([self.weight])}


@pytest.fixture
def writer(tmp_path):
    run = create_run(tmp_path, "m", {"declaration.toml": ""})
    clock, best = Clock(10, 4), Monitor("loss")

    def make(every_steps=0, every_seconds=0.0, saved=None):
        return CheckpointWriter(
            Vae(),
            run,
            schedule=Checkpointing(every_steps=every_steps, every_seconds=every_seconds),
            data_order=ORDER,
            best=best,
            monitors={"best": best},
            guard=NotFiniteGuard(("loss",), 10, clock),
            clock=clock,
            interruption=Interruption(),
            saved=saved,
        )

    return make


def last(writer):
    checkpoint = load_checkpoint(writer._run)
    return checkpoint and checkpoint.position


def test_within_an_epoch_a_checkpoint_is_written_every_so_many_steps(writer):
    made = writer(every_steps=4)
    seen = []
    for epoch_index in range(2):
        for batch in range(10):
            made.on_train_batch_end(batch, FINE)
            seen.append(last(made))
        made.on_epoch_end(epoch_index, FINE)
    first_seen = list(dict.fromkeys(seen))
    assert first_seen == [
        None, Position(0, 4), Position(0, 8), Position(1, 0), Position(1, 2), Position(1, 6),
    ]  # fmt: skip
    assert last(made) == Position(2, 0)


def test_a_checkpoint_is_written_after_so_many_seconds(writer, monkeypatch):
    made = writer(every_seconds=60.0)
    made.on_train_batch_end(0, FINE)
    assert last(made) is None
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 61.0)
    made.on_train_batch_end(1, FINE)
    assert last(made) == Position(0, 2) and made.is_up_to_date


def test_a_checkpoint_is_written_on_a_signal(writer):
    made = writer()
    made.on_train_batch_end(0, FINE)
    assert last(made) is None and not made.is_up_to_date
    made._interruption.asked = True
    made.on_train_batch_end(1, FINE)
    assert last(made) == Position(0, 2) and made.is_up_to_date


def test_after_an_epoch_last_is_written_and_best_if_none_was_better(writer):
    made = writer()
    for epoch_index, loss in enumerate([2.0, 1.0, 3.0]):
        made.on_epoch_end(epoch_index, {"loss": loss})
    assert last(made) == Position(3, 0)
    best = load_checkpoint(made._run, BEST)
    assert best.position == Position(2, 0)
    assert best.monitors["best"]["best"] == 1.0
    assert attrs.asdict(best.data_order) == attrs.asdict(ORDER)


def test_nothing_that_is_not_finite_is_kept(writer):
    made = writer(every_steps=1)
    with pytest.raises(NotFiniteError, match="'loss' became nan"):
        made.on_train_batch_end(0, {"loss": float("nan")})
    made._vae.weight = float("inf")
    with pytest.raises(NotFiniteError, match="the weight w is no longer finite"):
        made.on_epoch_end(0, FINE)
    assert last(made) is None


def test_a_sentence_says_what_is_kept(writer):
    made = writer()
    assert made.kept == "No checkpoint has been written yet."
    made.on_epoch_end(0, FINE)
    assert "after 1 epoch, is kept in" in made.kept and "last.h5" in made.kept
    assert writer().kept.startswith("The last good checkpoint is kept in")
    assert "after 3 epochs and 2 steps" in writer(saved=Position(3, 2)).kept
