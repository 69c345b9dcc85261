"""A sampler is trained on from whole files only; otherwise one line says why it begins anew."""

from __future__ import annotations

import io
import os

import numpy as np
import pytest

from vaereg.errors import RunError
from vaereg.host.progress import Progress
from vaereg.runs.atomic import write_json
from vaereg.runs.checkpoints import Checkpoint, DataOrder, Position, save_checkpoint
from vaereg.runs.history import History
from vaereg.runs.layout import RunFolder
from vaereg.runs.status import Status, write_status
from vaereg.training.samplers.checkpoint_of_sampler import checkpoint_of_sampler

MADE_FROM = {"weights": "one", "data": "two"}


def at(epoch: int, **more) -> Checkpoint:
    return Checkpoint(
        position=Position(epoch),
        arrays={"w": np.full(3, epoch)},
        data_order=DataOrder(steps_per_epoch=8, batch_size=32, examples=256, seed=3),
        monitors={"best": {"term": "loss", "best": 1.0, "best_epoch": 2, "waited": 1}},
        **more,
    )


@pytest.fixture
def run(tmp_path) -> RunFolder:
    """Three epochs of a sampler were trained; the second was the best."""
    made = RunFolder(tmp_path / "sampler")
    made.checkpoints.mkdir(parents=True)
    write_json(made.path / "made_from.json", MADE_FROM)
    history = History(made.history, ["loss"])
    for epoch in (1, 2, 3):
        history.add(epoch, 8 * epoch, {"loss": 1.0 / epoch})
    digest = save_checkpoint(made.best, at(2))
    save_checkpoint(made.last, at(3, best=digest))
    write_status(made, Status(state="interrupted", epochs=3, of=9))
    return made


def continued(run, made_from=MADE_FROM):
    told = io.StringIO()
    checkpoint = checkpoint_of_sampler(run, made_from, Progress(stream=told))
    return checkpoint, told.getvalue().splitlines()


def test_a_whole_training_continues_without_a_word(run):
    checkpoint, told = continued(run)
    assert checkpoint.position == Position(3) and told == []


def test_a_training_that_was_killed_before_its_first_checkpoint_begins_without_a_word(run):
    run.last.unlink()
    write_status(run, Status(state="running", epochs=0, of=9))
    assert continued(run) == (None, [])


def test_a_best_epoch_written_just_before_a_kill_is_no_fault(run):
    save_checkpoint(run.best, at(4))
    assert continued(run)[0].position == Position(3)


def cut(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def bit(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def pipe(path):
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("damage", [cut, bit, pipe, os.unlink], ids=lambda each: each.__name__)
@pytest.mark.parametrize("name", ["last", "best", "history"])
def test_a_damaged_file_of_a_trained_sampler_is_named_and_the_training_begins_anew(
    run, name, damage
):
    path = getattr(run, name)
    if damage is bit and name == "history":
        path.write_text("epoch,step,loss\n1,8,1.0\n")  # a row is lost
    else:
        damage(path)
    checkpoint, (line,) = continued(run)
    assert checkpoint is None
    assert line.startswith("warning: ") and path.name in line and line.endswith("begins anew.")
    assert "vaereg resume" not in line  # which does not know this checkpoint
    left = sorted(each.name for each in run.path.rglob("*") if each.is_file())
    assert left == ["made_from.json"]
    assert continued(run) == (None, [])


def test_the_best_epoch_of_another_training_is_not_used(run):
    save_checkpoint(run.best, at(2, seconds=7.0))
    checkpoint, (line,) = continued(run)
    assert checkpoint is None and "best.h5" in line and "is another one" in line


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "made_from.json is damaged"),
        ("[]", "made_from.json is damaged"),
        (
            '{"weights": "other", "data": "two"}',
            "note: the sampler is trained anew, since this differs from made_from.json: weights",
        ),
        (None, "made_from.json is missing"),
    ],
)
def test_a_training_on_something_else_begins_anew(run, text, told):
    record = run.path / "made_from.json"
    if text is None:
        record.unlink()
    else:
        record.write_text(text)
    checkpoint, (line,) = continued(run)
    assert checkpoint is None and told in line
    assert not run.last.exists() and continued(run) == (None, [])


def test_a_folder_in_the_place_of_a_checkpoint_is_named(tmp_path):
    run = RunFolder(tmp_path)
    run.last.mkdir(parents=True)
    with pytest.raises(RunError, match=r"cannot remove .*last\.h5[\s\S]*Move it away"):
        continued(run)
