"""Preparing restores model, monitors and history to the state of the checkpoint."""

import attrs
import numpy as np
import pytest

from vaereg.errors import DeclarationError
from vaereg.host.progress import Progress
from vaereg.model.build_declared import build_declared
from vaereg.runs.checkpoints import BEST, Position, load_checkpoint
from vaereg.runs.history import read_history
from vaereg.runs.log import Log
from vaereg.training.callbacks.checkpoint_writer import CheckpointWriter
from vaereg.training.callbacks.history_writer import HistoryWriter
from vaereg.training.callbacks.not_finite_guard import NotFiniteGuard
from vaereg.training.callbacks.stop_on_signal import StopOnSignal
from vaereg.training.prepare_training import prepare_training

SETTINGS = "early_stopping = { patience = 3 }\n"


def prepared(made, run, checkpoint=None, declaration=None, progress=None):
    declaration = declaration or made.declaration
    made.vae = build_declared(declaration, made.data)
    return prepare_training(
        made.vae,
        made.data,
        declaration,
        run,
        progress=progress or Progress(quiet=True),
        log=Log(run.log),
        checkpoint=checkpoint,
        evaluator=None,
    )


def test_a_new_training_begins_at_the_beginning_with_an_empty_history(project):
    made = project(SETTINGS)
    run = made.new_run()
    ready = prepared(made, run)
    assert ready.position == Position()
    assert not ready.is_patience_exhausted
    assert read_history(run.history) == []
    header = run.history.read_text().strip().split(",")
    terms = made.vae.term_names
    assert header == ["epoch", "step", *terms, *(f"val_{name}" for name in terms)]


def test_the_callbacks_guard_first_keep_what_can_be_made_again_then_save_and_stop_last(project):
    made = project(SETTINGS)
    kinds = [type(each) for each in prepared(made, made.new_run()).callbacks]
    order = [kinds.index(each) for each in (NotFiniteGuard, HistoryWriter, CheckpointWriter)]
    assert order == sorted(order)
    assert kinds[-1] is StopOnSignal


@pytest.mark.slow
def test_a_continued_training_has_weights_monitors_and_history_of_its_checkpoint(project):
    made = project(SETTINGS)
    run = made.new_run()
    made.train(run)
    best = attrs.evolve(load_checkpoint(run, BEST), position=Position(2, 0))
    ready = prepared(made, run, best)
    assert (ready.position, len(ready.history.rows)) == (Position(2, 0), 2)
    assert len(read_history(run.history)) == 2
    assert ready.best.state() == best.monitors["best"]
    state = made.vae.state()
    assert all(np.array_equal(state[path], value) for path, value in best.arrays.items())


def test_a_term_that_is_not_logged_is_an_error_before_the_history_is_touched(project):
    made = project(SETTINGS, 'train.early_stopping.monitor="val_los"')
    run = made.new_run()
    with pytest.raises(DeclarationError, match='did you mean "val_loss"'):
        prepared(made, run)
    assert not run.history.exists()


@pytest.mark.slow
def test_a_checkpoint_whose_monitors_watched_another_term_is_told(project, capsys):
    # as in checkpoints of versions that watched the paid loss during a warm-up
    made = project(SETTINGS)
    run = made.new_run()
    made.train(run)
    last = load_checkpoint(run)
    monitors = {name: {**state, "term": "val_kl"} for name, state in last.monitors.items()}
    capsys.readouterr()
    ready = prepared(made, run, attrs.evolve(last, monitors=monitors), progress=Progress())
    told = capsys.readouterr().err
    assert ready.best.best_epoch == 0
    term = ready.best.term
    assert f"the best epoch goes by {term} from here on, and no longer by val_kl" in told
    assert f"early stopping goes by {term} from here on" in told
