"""Callbacks are called in order, with the steps of the epoch, whatever the backend."""

import keras
import pytest

from vaereg.training.callbacks.callback_list import TrainingCallbacks
from vaereg.training.epoch import Epoch


class Noting(keras.callbacks.Callback):
    """Notes every call with its position."""

    def __init__(self, name, calls):
        super().__init__()
        self.name = name
        self.calls = calls

    def on_train_begin(self, logs=None):
        self.calls.append((self.name, "training begins"))

    def on_train_end(self, logs=None):
        self.calls.append((self.name, "training ends"))

    def on_train_batch_begin(self, batch, logs=None):
        self.calls.append((self.name, "from", batch))

    def on_train_batch_end(self, batch, logs=None):
        self.calls.append((self.name, "to", batch, logs))

    def on_epoch_end(self, epoch, logs):
        self.calls.append((self.name, dict(logs)))
        logs[self.name] = float(len(logs))


@pytest.fixture
def noted():
    calls = []
    callbacks = [Noting("a", calls), Noting("b", calls)]
    return calls, TrainingCallbacks(callbacks, model=keras.Sequential(), epochs=2)


def test_a_training_begins_and_ends_once_however_many_epochs_are_fitted(noted):
    calls, callbacks = noted
    callbacks.begin()
    for index in range(2):
        of_epoch = callbacks.of_epoch(Epoch(index=index, chunks=(1,)))
        of_epoch.on_train_begin()
        of_epoch.on_train_end()
    callbacks.end()
    expected = ["training begins"] * 2 + ["training ends"] * 2
    assert [call[1] for call in calls] == expected


def test_a_chunk_is_known_by_its_first_and_its_last_step(noted):
    calls, callbacks = noted
    of_epoch = callbacks.of_epoch(Epoch(index=0, chunks=(1, 4), first_step=3))
    logs = object()  # is passed on unread: reading it would wait for the device
    for chunk in range(2):
        of_epoch.on_train_batch_begin(chunk)
        of_epoch.on_train_batch_end(chunk, logs)
    assert [call[1:3] for call in calls if call[0] == "a"] == [
        ("from", 3), ("to", 3), ("from", 4), ("to", 7),
    ]  # fmt: skip
    assert all(call[3] is logs for call in calls if call[1] == "to")
    assert [call[0] for call in calls] == ["a", "b"] * 4


def test_a_callback_sees_terms_that_earlier_callbacks_added_to_an_epoch(noted):
    calls, callbacks = noted
    of_epoch = callbacks.of_epoch(Epoch(index=0, chunks=(1,)))
    callbacks.begin()
    calls.clear()
    of_epoch.on_epoch_end(0, {"loss": keras.ops.ones(())})
    assert calls == [("a", {"loss": 1.0}), ("b", {"loss": 1.0, "a": 1.0})]
