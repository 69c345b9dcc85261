import shutil

import attrs
import numpy as np
import pytest

from tests.helpers.tiny_run import STEPS
from tests.unit.training.conftest import Project
from vaereg.errors import Interrupted, NotFiniteError, RunError
from vaereg.runs.checkpoints import BEST, Position, load_checkpoint
from vaereg.runs.history import read_history
from vaereg.runs.log import read_log
from vaereg.runs.status import read_status
from vaereg.training.callbacks.checkpoint_writer import CheckpointWriter
from vaereg.training.callbacks.stop_on_signal import StopOnSignal

pytestmark = pytest.mark.slow


class Killed(BaseException):
    """In place of SIGKILL: no code may catch it and write more."""


def kill_at(monkeypatch, step):
    """Ends the training as if it were killed, after the first chunk after so many steps.

    Returns:
        {"steps": how many steps it had made then}.
    """
    real = StopOnSignal.on_train_batch_end
    seen = {"steps": 0}

    def counted(self, batch, logs=None):
        real(self, batch, logs)
        seen["steps"] += batch + 1 - seen["steps"] % STEPS
        if seen["steps"] >= step:
            raise Killed

    monkeypatch.setattr(StopOnSignal, "on_train_batch_end", counted)
    return seen


def equal(one, other):
    assert one.keys() == other.keys()
    return [name for name in one if one[name].tobytes() != other[name].tobytes()]


SETTINGS = """
ema = 0.9
checkpoint = { every_steps = 3, every_seconds = 0.0 }
"""


class Whole:
    """A run that was never interrupted, and the state that its model ended with."""

    def __init__(self, made):
        self.run = made.new_run()
        made.train(self.run)
        self.state = made.vae.state()
        self.weights_only = made.vae.weights_only()

    def copied_to(self, run):
        shutil.copytree(self.run.path, run.path, dirs_exist_ok=True)
        return run


@pytest.fixture(scope="module")
def whole_run(tmp_path_factory):
    """Of SETTINGS without overrides; tests that change it take a copy."""
    return Whole(Project(tmp_path_factory.mktemp("whole"), SETTINGS))


TWO_PLAYERS = (
    'models.tiny.discriminators.patch={weight="adaptive", warmup_steps=4, widths=[4]}',
    'train.optimizer={use="adam", learning_rate={use="cosine_decay", initial_learning_rate=1e-3, '
    "decay_steps=20}, clipnorm=1.0}",
)


@pytest.mark.parametrize(
    ("step", "overrides"),
    [
        (2, ()),
        (STEPS, ()),
        (STEPS + 5, ()),
        (STEPS + 5, ('train.precision="mixed_float16"',)),
        (STEPS + 5, TWO_PLAYERS),
    ],
    ids=["before a checkpoint", "at an epoch's end", "mid-epoch", "half precision", "two players"],
)
def test_a_killed_run_continues_to_the_same_bits_and_the_same_history(
    project, whole_run, monkeypatch, step, overrides
):
    if overrides is TWO_PLAYERS:
        pytest.importorskip("vaereg_plugin_adversarial", reason="brings the second player")
    made = project(SETTINGS, *overrides)
    of_whole = Whole(made) if overrides else whole_run
    whole, expected = of_whole.run, of_whole.state

    torn = made.new_run()
    with monkeypatch.context() as patch, pytest.raises(Killed):
        seen = kill_at(patch, step)
        made.train(torn)
    checkpoint = load_checkpoint(torn)
    killed = seen["steps"]
    assert step <= killed <= step + 2
    steps = (
        0 if checkpoint is None else checkpoint.position.epoch * STEPS + checkpoint.position.step
    )
    assert steps <= killed and killed - steps <= 3
    made.train(torn, checkpoint)

    assert equal(expected, made.vae.state()) == []
    assert torn.history.read_bytes() == whole.history.read_bytes()
    assert load_checkpoint(torn).position == Position(3, 0)
    assert equal(load_checkpoint(torn, BEST).arrays, load_checkpoint(whole, BEST).arrays) == []
    assert read_status(torn).state == "finished"
    for name in ("samples/samples.png", "samples/reconstructions.png", "samples/epoch-0002.png"):
        assert (torn.path / name).read_bytes() == (whole.path / name).read_bytes()


def test_continuing_from_the_best_checkpoint_gives_the_same_bits(project, whole_run):
    made = project(SETTINGS)
    run = whole_run.copied_to(made.new_run())
    expected, history = whole_run.state, run.history.read_bytes()
    best = load_checkpoint(run, BEST)
    assert best is not None and best.position.step == 0
    made.train(run, best)
    assert equal(expected, made.vae.state()) == []
    assert run.history.read_bytes() == history


def test_more_epochs_continue_as_if_they_had_been_declared_from_the_start(project, whole_run):
    made = project(SETTINGS)
    longer = attrs.evolve(made.declaration, train=attrs.evolve(made.declaration.train, epochs=4))
    whole, grown = made.new_run(), whole_run.copied_to(made.new_run())
    made.train(whole, declaration=longer)
    expected = made.vae.state()
    made.train(grown, load_checkpoint(grown), declaration=longer)
    assert equal(expected, made.vae.state()) == []
    assert grown.history.read_bytes() == whole.history.read_bytes()


def test_validating_and_drawing_change_no_bit_of_the_training(project, whole_run):
    made = project(SETTINGS)
    quiet = attrs.evolve(made.declaration.train, samples_every=0, validate_every=2)
    made.train(made.new_run(), declaration=attrs.evolve(made.declaration, train=quiet))
    assert equal(whole_run.weights_only, made.vae.weights_only()) == []


def test_the_first_samples_change_no_bit_of_the_training(project, whole_run, monkeypatch):
    monkeypatch.setattr("vaereg.training.callbacks.first_samples.AFTER_SECONDS", 0.0)
    made = project(SETTINGS)
    run = made.new_run()
    made.train(run)
    assert (run.samples / "first.png").exists()
    assert not (whole_run.run.samples / "first.png").exists()  # it was too short
    assert equal(whole_run.state, made.vae.state()) == []
    assert run.history.read_bytes() == whole_run.run.history.read_bytes()


def test_early_stopping_ends_at_the_same_epoch_after_a_kill_and_keeps_the_best_weights(
    project, monkeypatch
):
    # no epoch gains so much, so the first stays the best
    wish = "early_stopping = { min_delta = 1e9, patience = 1 }"
    made = project(SETTINGS + wish, "train.epochs=9")
    whole = made.new_run()
    outcome = made.train(whole)
    assert outcome.stopped_early
    assert outcome.epochs == len(read_history(whole.history)) == 3
    expected = made.vae.weights_only()

    torn = made.new_run()
    with monkeypatch.context() as patch, pytest.raises(Killed):
        kill_at(patch, (outcome.epochs - 1) * STEPS + 4)
        made.train(torn)
    again = made.train(torn, load_checkpoint(torn))
    assert (again.epochs, again.stopped_early) == (outcome.epochs, True)
    assert equal(expected, made.vae.weights_only()) == []
    again = made.train(torn, load_checkpoint(torn))  # killed after the last checkpoint
    assert again.epochs == outcome.epochs
    assert equal(expected, made.vae.weights_only()) == []


def test_an_interrupted_run_is_kept_at_the_end_of_the_chunk(project, monkeypatch):
    # chunks then end where a checkpoint is due, however slow the machine
    monkeypatch.setattr("vaereg.training.epoch.CHUNK_SECONDS", 1e9)
    made = project(SETTINGS)
    run = made.new_run()
    real = CheckpointWriter.on_train_batch_end

    def asked(self, batch, logs=None):
        if self.position.epoch == 1 and batch + 1 >= 3:
            self._interruption.asked, self._interruption.name = True, "SIGINT"
        real(self, batch, logs)

    with monkeypatch.context() as patch, pytest.raises(Interrupted, match="vaereg resume") as error:
        patch.setattr(CheckpointWriter, "on_train_batch_end", asked)
        made.train(run)
    assert "stopped by SIGINT after 1 epoch and 4 steps" in str(error.value)
    assert error.value.exit_code == 130
    assert load_checkpoint(run).position == Position(1, 4)
    assert read_status(run).state == "interrupted"


def test_a_loss_that_is_not_finite_names_its_term_and_keeps_the_last_good_checkpoint(project):
    made = project("", "train.optimizer={use='sgd', learning_rate=1e30}")
    run = made.new_run()
    with pytest.raises(NotFiniteError, match=r"(became (nan|inf)|is not finite)") as error:
        made.train(run)
    assert error.value.exit_code == 1
    assert "step" in str(error.value) or "weight" in str(error.value)
    assert not run.last.exists() or np.all(
        [np.isfinite(a).all() for a in load_checkpoint(run).arrays.values() if a.dtype.kind == "f"]
    )
    assert read_status(run).state == "failed"
    assert read_log(run.log)[-1]["event"] == "failed"


def test_a_checkpoint_of_other_data_is_refused(project):
    made = project("")
    run = made.new_run()
    made.train(run)
    checkpoint = load_checkpoint(run)
    order = attrs.evolve(checkpoint.data_order, steps_per_epoch=5)
    checkpoint = attrs.evolve(checkpoint, data_order=order)
    with pytest.raises(RunError, match="steps per epoch: 5 in the checkpoint, 8 now"):
        made.train(run, checkpoint)


def test_weights_of_another_declaration_are_refused(project):
    made = project("")
    run = made.new_run()
    made.train(run)
    other = project("", "models.tiny.encoder.widths=[12]")
    with pytest.raises(RunError, match="do not fit the declared model"):
        other.train(run, load_checkpoint(run))
