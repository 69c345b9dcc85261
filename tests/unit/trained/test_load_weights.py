"""Which checkpoint of the best epoch is one of this run."""

import numpy as np
import pytest

from vaereg.errors import RunError
from vaereg.runs.checkpoints import Checkpoint, DataOrder, Position, save_checkpoint
from vaereg.runs.layout import create_run
from vaereg.runs.read import Run
from vaereg.runs.status import Status
from vaereg.trained.load_weights import load_weights

ORDER = DataOrder(steps_per_epoch=8, batch_size=32, examples=256, seed=0)


class Model:
    """Keeps what is restored."""

    def restore(self, arrays, *, as_declared):
        self.value = float(arrays["kernel"][0])


@pytest.fixture
def run(tmp_path):
    folder = create_run(tmp_path, "m", {"declaration.toml": ""})
    return Run(folder=folder, lock={}, status=Status(state="finished", epochs=3, of=3))


def checkpoint(epoch, value, best="", best_epoch=1):
    monitors = {"best": {"term": "val_loss", "best": 1.0, "best_epoch": best_epoch, "waited": 0}}
    arrays = {"kernel": np.full(3, value, "float32")}
    return Checkpoint(
        position=Position(epoch), arrays=arrays, data_order=ORDER, monitors=monitors, best=best
    )


def best_of(run):
    model = Model()
    assert load_weights(model, run, "best") == "best"
    return model.value


def test_the_checkpoint_that_the_last_one_names_is_loaded(run):
    digest = save_checkpoint(run.folder.best, checkpoint(1, 10))
    save_checkpoint(run.folder.last, checkpoint(3, 30, digest))
    assert best_of(run) == 10


def test_one_of_another_run_is_an_error(run):
    save_checkpoint(run.folder.best, checkpoint(1, 99))
    save_checkpoint(run.folder.last, checkpoint(3, 30, "the digest of another one"))
    with pytest.raises(RunError, match="is not the checkpoint of the best epoch"):
        best_of(run)


def test_one_from_before_the_loss_changed_is_an_error(run):
    save_checkpoint(run.folder.best, checkpoint(1, 10))
    save_checkpoint(run.folder.last, checkpoint(3, 30, best_epoch=0))
    with pytest.raises(RunError, match="has no best epoch"):
        best_of(run)


def test_one_that_was_written_before_a_kill_or_by_an_older_version_is_loaded(run):
    save_checkpoint(run.folder.best, checkpoint(4, 40))
    save_checkpoint(run.folder.last, checkpoint(3, 30, "the digest of the one before"))
    assert best_of(run) == 40
    save_checkpoint(run.folder.last, checkpoint(5, 50))  # names none
    assert best_of(run) == 40
