"""What a run takes over from the run whose weights it begins with."""

from __future__ import annotations

import json

import numpy as np
import pytest

import vaereg
from tests.helpers.made_lock import made_lock
from tests.helpers.tiny_vae import declaration, tiny_vae
from vaereg.host.progress import Progress
from vaereg.runs.layout import RunFolder
from vaereg.runs.read import read_run
from vaereg.runs.state_file import digest_of, write_state
from vaereg.runs.status import Status, write_status
from vaereg.training.take_weights import check_first_weights, first_checkpoint, take_weights

HELD = {"name": "acme/net", "digest": "ab" * 16}


@pytest.fixture
def source(tmp_path):
    """A finished run with the weights of a tiny model, all of them 0.5, and a held extractor."""
    folder = RunFolder(tmp_path / "runs" / "base" / "20260101-000000-aaaa")
    folder.checkpoints.mkdir(parents=True)
    folder.declaration.write_text("")
    lock = made_lock(model="base", held_extractors=[HELD])
    folder.lock.write_text(json.dumps(lock))
    write_status(folder, Status(state="finished", epochs=1, of=1))
    arrays = {path: np.full_like(a, 0.5) for path, a in tiny_vae().weights_only().items()}
    write_state(folder.weights, arrays, {"weights": digest_of(arrays)})
    return read_run(folder.path)


def taken(source, lock):
    vae = tiny_vae(ema=0.9)  # its averages begin with the weights
    take_weights(vae, source, lock, Progress(quiet=True))
    return vae


def test_weights_and_the_extractors_behind_them_are_taken_over(source):
    own = {"name": "acme/other", "digest": "cd" * 16}
    lock = made_lock(held_extractors=[own])

    vae = taken(source, lock)

    assert all(np.all(array == 0.5) for array in vae.weights_only().values())
    first = first_checkpoint(vae, declaration(), 40)
    assert (first.position.epoch, first.data_order.steps_per_epoch) == (0, 2)
    assert np.all(first.arrays["decoder/out/kernel"] == 0.5)
    assert lock["weights_from"]["taken"] == lock["weights_from"]["of"] == 10
    assert lock["held_extractors"] == [own, HELD]


def test_a_run_that_is_not_finished_gives_no_weights(source):
    write_status(source.folder, Status(state="failed", epochs=0, of=3))

    with pytest.raises(vaereg.RunError, match="is not finished"):
        taken(read_run(source.folder.path), made_lock())


def test_a_run_that_never_kept_its_first_weights_is_not_continued_without_them(source):
    lock = made_lock(model="base", weights_from={"run": "a/1", "digest": "0", "taken": 1, "of": 1})
    source.folder.lock.write_text(json.dumps(lock))

    with pytest.raises(vaereg.RunError, match="--weights-from a/1"):
        check_first_weights(read_run(source.folder.path), None)
