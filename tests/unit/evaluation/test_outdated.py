import json

import numpy as np
import pytest

from tests.helpers.evaluations import make_evaluated_on, make_evaluation
from tests.helpers.made_lock import made_lock
from vaereg.evaluation.outdated import why_outdated
from vaereg.runs.layout import create_run
from vaereg.runs.read import read_run
from vaereg.runs.state_file import write_state
from vaereg.runs.status import Status, write_status


@pytest.fixture
def run(tmp_path):
    lock = made_lock(dataset={"digest": "d" * 64})
    files = {"declaration.toml": "", "lock.json": json.dumps(lock)}
    folder = create_run(tmp_path, "m", files)
    write_status(folder, Status(state="finished", epochs=30, of=30))
    return read_run(folder.path)


@pytest.fixture
def digest(run):
    return write_state(run.folder.weights, {"kernel": np.zeros(3, "float32")})


def outdated(run, *, ignore_lock=False, **fields):
    told = []
    evaluation = make_evaluation(**fields)
    why = why_outdated(run, evaluation, warn=told.append, ignore_lock=ignore_lock)
    return why, told


def test_an_evaluation_of_the_weights_of_the_run_is_up_to_date(run, digest):
    assert outdated(run, weights_digest=digest) == ("", [])


def test_an_evaluation_of_other_weights_is_outdated_after_as_many_epochs(run, digest):
    write_state(run.folder.weights, {"kernel": np.ones(3, "float32")})
    assert "was made from other weights" in outdated(run, weights_digest=digest)[0]
    assert "was made from other weights" in outdated(run)[0]


def test_weights_that_are_written_again_keep_their_evaluation(run):
    same = {"kernel": np.zeros(3, "float32")}
    for last in ("checkpoint", "other checkpoint"):
        write_state(run.folder.weights, same, {"weights": "1234", "last": last})
        assert outdated(run, weights_digest="1234") == ("", [])


def test_an_evaluation_after_fewer_epochs_is_outdated(run, digest):
    assert "after 20 of its 30 epochs" in outdated(run, weights_digest=digest, epochs=20)[0]


def test_an_evaluation_with_other_data_is_outdated_unless_the_lock_is_ignored(run, digest):
    other = {"weights_digest": digest, "evaluated_on": make_evaluated_on(digest="e" * 64)}
    assert "with other data" in outdated(run, **other)[0]
    assert outdated(run, ignore_lock=True, **other)[0] == ""


def test_an_evaluation_is_used_with_a_warning_if_the_weights_are_lost(run, digest):
    run.folder.weights.write_bytes(b"no weights")
    (why, damaged) = outdated(run, weights_digest=digest)
    run.folder.weights.unlink()
    assert (why, outdated(run, weights_digest=digest)) == ("", ("", damaged))
    assert len(damaged) == 1 and "missing or damaged" in damaged[0]
