"""`vaereg train --weights-from RUN`: a training that begins with the weights of another run."""

from __future__ import annotations

import json
import subprocess
import time

import keras
import numpy as np
import pytest

from tests.helpers.tiny_run import blobs, command, newest, vaereg_here, write_project
from vaereg.runs.starting_weights import starting_weights
from vaereg.runs.state_file import read_state
from vaereg.training import launch

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="the weights are loaded alike everywhere"
)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project with a finished run of `tiny`."""
    folder = tmp_path_factory.mktemp("weights_from")
    write_project(folder)
    assert vaereg_here("train", "--epochs", "1", cwd=folder).returncode == 0
    return folder, newest(folder)


def arrays_of(run, name="model.weights.h5"):
    return read_state(run / name, "", "")[0]


def test_a_model_with_another_decoder_begins_with_the_weights_that_fit(project):
    folder, source = project
    wider = "--set=models.tiny.decoder.widths=[12]"

    done = vaereg_here("train", "--epochs=1", f"--weights-from={source}", wider, cwd=folder)

    assert done.returncode == 0, done.stderr
    assert "7 of 10 weights are those of " in done.stderr
    assert "decoder/hidden_0/kernel (3x16 there, 3x12 here)" in done.stderr
    run = newest(folder)
    lock = json.loads((run / "lock.json").read_text())
    begun = starting_weights(lock, run / "lock.json")
    assert (begun.taken, begun.of) == (7, 10)
    assert begun.run.endswith(source.name) and len(begun.digest) == 32


def test_the_first_weights_are_kept_before_the_first_step(project):
    folder, source = project
    words = ("train", "--epochs=1", "--seed=3", f"--weights-from={source}")
    kept = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launch, "save_checkpoint", lambda _, first: kept.update(first.arrays))
        done = vaereg_here(*words, cwd=folder)

    assert done.returncode == 0, done.stderr
    for path, array in arrays_of(source).items():
        np.testing.assert_array_equal(kept[path], array, err_msg=path)


def test_nothing_that_fits_is_one_error_and_leaves_no_run(project, tmp_path):
    _, source = project
    write_project(
        tmp_path, **{name: blobs(64, 3)[:, :6, :6] for name in ("x_train", "x_val", "x_test")}
    )
    other = ("--set=models.tiny.latent=5", "--set=models.tiny.encoder.widths=[7]")

    done = vaereg_here(
        "train", f"--weights-from={source}", *other, "--set=models.tiny.decoder.widths=[9]",
        cwd=tmp_path,
    )  # fmt: skip

    assert done.returncode == 1
    assert "no weight of" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "runs").exists() or not list((tmp_path / "runs").glob("*/2*"))


def test_an_unknown_run_is_one_error(project):
    folder, _ = project

    done = vaereg_here("train", "--weights-from=nowhere", cwd=folder)

    assert done.returncode == 1 and "no run 'nowhere'" in done.stderr


@pytest.mark.slow
def test_a_training_that_is_killed_before_its_first_step_resumes_to_the_bit(project):
    folder, source = project
    words = ("train", "-q", "--epochs=2", "--seed=5", f"--weights-from={source}")
    assert vaereg_here(*words, "--runs=whole", cwd=folder).returncode == 0

    child = subprocess.Popen(
        command(*words, "--runs=killed"),
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while child.poll() is None and not list(folder.glob("killed/*/*/checkpoints/last.h5")):
        time.sleep(0.002)
    child.kill()
    child.wait()
    (killed,) = folder.glob("killed/tiny/*")
    (whole,) = folder.glob("whole/tiny/*")
    assert not (killed / "model.weights.h5").exists()
    done = vaereg_here("resume", killed, "-q", cwd=folder)

    assert done.returncode == 0, done.stderr
    mine, theirs = arrays_of(whole), arrays_of(killed)
    assert all(np.array_equal(mine[path], theirs[path]) for path in mine)
    assert (whole / "history.csv").read_bytes() == (killed / "history.csv").read_bytes()
