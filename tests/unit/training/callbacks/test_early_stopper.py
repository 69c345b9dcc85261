from types import SimpleNamespace

import pytest

from vaereg.training.callbacks.early_stopper import EarlyStopper
from vaereg.training.monitor import Monitor


@pytest.fixture
def stopper():
    made = EarlyStopper(Monitor("val_loss"), patience=1)
    made.set_model(SimpleNamespace(stop_training=False))
    return made


def end_epochs(stopper, *values):
    for epoch_index, value in enumerate(values):
        stopper.on_epoch_end(epoch_index, {"val_loss": value})


def test_it_stops_when_more_epochs_than_its_patience_brought_no_improvement(stopper):
    end_epochs(stopper, 3.0, 4.0)
    assert not stopper.is_patience_exhausted and not stopper.model.stop_training
    end_epochs(stopper, 4.0)
    assert stopper.is_patience_exhausted and stopper.model.stop_training


def test_an_epoch_without_the_term_does_not_count(stopper):
    end_epochs(stopper, 3.0, 4.0)
    stopper.on_epoch_end(2, {"loss": 9.0})
    assert not stopper.is_patience_exhausted


def test_whether_an_epoch_would_be_the_last_can_be_asked_without_counting_it(stopper):
    end_epochs(stopper, 3.0, 4.0)
    assert stopper.ends_after({"val_loss": 3.5}) and not stopper.ends_after({"val_loss": 2.0})
    assert not stopper.ends_after({"loss": 9.0})
    assert not stopper.is_patience_exhausted and stopper.monitor.best == 3.0
