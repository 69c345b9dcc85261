"""Samplers that learn by steps after the VAE: declared, killed, resumed, and used by commands."""

import csv
import json
import re

import pytest

from tests.helpers.killed_runs import (
    DIE_IN_A_WRITE,
    assert_equal_samplers,
    leftovers,
    started,
)
from tests.helpers.tiny_run import newest, vaereg_here, write_project

NAME = "prior--vaereg--gaussian_mixture"
SAMPLER = (
    'sampler = { use = "prior/gaussian_mixture", train = { steps = 12, batch_size = 32, '
    'optimizer = "adam" } }'
)


def project(folder, sampler=SAMPLER):
    path = write_project(folder, "samples_every = 0")
    text = path.read_text().replace("latent = 3", f"latent = 3\n{sampler}")
    path.write_text(text)


def rows(run, name=NAME):
    return list(csv.DictReader((run / "samplers" / name / "history.csv").open()))


@pytest.mark.slow
def test_a_sampler_whose_training_was_killed_continues_to_the_bit(tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for folder in (whole, killed):
        folder.mkdir()
        project(folder)
    done = vaereg_here("train", "-q", "--json", cwd=whole)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["runs"][0]["epochs"] == 3

    process = started(killed, "train", "-q", code=DIE_IN_A_WRITE.replace("== 7", "== 13"))
    process.communicate()
    assert process.returncode == -9
    run = newest(killed)
    assert (run / "model.weights.h5").exists()  # it died in the training of the sampler
    assert not (run / "samplers" / f"{NAME}.h5").exists()
    again = vaereg_here("resume", run, cwd=killed)
    assert again.returncode == 0, again.stderr
    assert re.search(r"continuing after \d+ epochs?: the sampler 'gaussian_mixture'", again.stderr)

    assert_equal_samplers(run, newest(whole))
    for name in ("last", "best"):
        assert (run / "samplers" / NAME / "checkpoints" / f"{name}.h5").exists()
    assert (run / "samplers" / f"{NAME}.h5").exists()
    assert rows(run) == rows(newest(whole))
    assert [row["step"] for row in rows(run)] == [str(step) for step in range(1, 13)]
    assert all(row["loss"] and row["val_loss"] for row in rows(run))
    picture = "samples/samples.png"
    assert (run / picture).read_bytes() == (newest(whole) / picture).read_bytes()
    assert not [path for path in leftovers(killed) if path.name != ".active"]


def test_a_sampler_on_the_command_line_is_trained_with_its_parameters_and_kept(tmp_path):
    project(tmp_path, 'sampler = "gaussian_mixture"')
    assert vaereg_here("train", "-q", "--epochs", "1", cwd=tmp_path).returncode == 0
    run = newest(tmp_path)
    table = '{ use = "prior/gaussian_mixture", components = 2, train = { steps = 3 } }'
    words = ("sample", run, "-n", "4", "--json", "--sampler", table)
    done = vaereg_here(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["n"] == 4
    assert "training the sampler 'gaussian_mixture'" in done.stderr
    (state,) = (run / "samplers").glob("prior--*.h5")
    before = state.read_bytes()
    again = vaereg_here(*words, cwd=tmp_path)
    assert "training the sampler" not in again.stderr and state.read_bytes() == before
    # and the declared one is another file, which stays
    assert (run / "samplers" / "vaereg--gaussian_mixture.h5").exists()
    wrong = vaereg_here(*words[:-1], "{ use = 'gaussian_mixture', many = 2 }", cwd=tmp_path)
    assert wrong.returncode == 2 and "unknown key `many`" in wrong.stdout


def test_training_is_refused_before_it_begins_where_it_would_have_no_effect(tmp_path):
    project(tmp_path, 'sampler = { use = "gaussian_mixture", train = { steps = 5 } }')
    done = vaereg_here("train", "-q", cwd=tmp_path)
    assert done.returncode == 2
    assert "is not trained by steps, so `train` has no effect" in done.stderr
    assert not (tmp_path / "runs").exists()
