"""What a run derives from its weights is never used with other weights."""

import json
import shutil

import attrs
import numpy as np
import pytest

import vaereg
from tests.helpers.evaluated_run import write_evaluated_project
from tests.helpers.tiny_run import newest, vaereg_here, write_project
from vaereg.errors import RunError
from vaereg.runs.layout import RunFolder
from vaereg.runs.state_file import read_state
from vaereg.runs.status import read_status, write_status

pytestmark = pytest.mark.slow

SETTINGS = "samples_every = 0"
# the loss falls, so the first epoch has the largest
STOPPING = f'{SETTINGS}\nearly_stopping = {{ patience = 9 }}\ncheckpoint = {{ mode = "max" }}'


def trained(folder, settings=SETTINGS, *words):
    write_project(folder, settings)
    done = vaereg_here("train", "-q", *words, cwd=folder)
    assert done.returncode == 0, done.stderr
    return newest(folder)


def latents(run, name):
    out = run.parents[2] / name
    words = ("-n", "8", "--sampler", "gaussian_mixture", "--out", out, "-q")
    done = vaereg_here("sample", run, *words, cwd=run.parents[2])
    assert done.returncode == 0, done.stderr
    return np.load(out)["latents"]


def equal_weights(one, other):
    mine, theirs = read_state(one)[0], read_state(other)[0]
    return all(np.array_equal(mine[path], theirs[path]) for path in theirs)


def test_a_sampler_fitted_on_other_weights_is_fitted_anew_after_resume(tmp_path):
    run = trained(tmp_path)
    before = latents(run, "before.npz")
    assert vaereg_here("resume", run, "-q", "--epochs", "5", cwd=tmp_path).returncode == 0
    after = latents(run, "after.npz")
    (run / "samplers" / "vaereg--gaussian_mixture.h5").unlink()
    assert np.array_equal(after, latents(run, "anew.npz"))
    assert not np.array_equal(after, before)


def test_a_sampler_is_fitted_anew_for_a_model_that_was_trained_on_in_a_notebook(tmp_path):
    model = vaereg.load(trained(tmp_path), quiet=True)
    before = model.draw(8, sampler="gaussian_mixture")[1]
    model.vae.fit(model.examples(64, "train"), epochs=1, verbose=0)
    assert not np.array_equal(before, model.draw(8, sampler="gaussian_mixture")[1])
    again = vaereg.load(model._folder.path, quiet=True)  # the run has its own weights as before
    assert np.array_equal(before, again.draw(8, sampler="gaussian_mixture")[1])


def test_a_run_that_is_trained_on_and_killed_does_not_give_its_old_weights(tmp_path, capsys):
    run = trained(tmp_path)
    old = tmp_path / "old.h5"
    shutil.copy(run / "model.weights.h5", old)
    assert vaereg_here("resume", run, "-q", "--epochs", "5", cwd=tmp_path).returncode == 0
    shutil.copy(old, run / "model.weights.h5")  # as if killed before the new ones were written
    folder = RunFolder(run)
    write_status(folder, attrs.evolve(read_status(folder), state="running"))
    model = vaereg.load(run)
    assert model.weights == "last" and "not finished" in capsys.readouterr().err
    assert equal_weights(run / "checkpoints" / "last.h5", old) is False

    write_status(folder, attrs.evolve(read_status(folder), state="finished"))
    with pytest.raises(RunError, match=r"was not made from .*last.h5"):
        vaereg.load(run, quiet=True)
    assert vaereg_here("resume", run, "-q", cwd=tmp_path).returncode == 0  # what the error says
    assert vaereg.load(run, quiet=True).weights == "final"


@pytest.mark.parametrize("fault", ["missing", "damaged"])
def test_weights_of_the_best_epoch_that_are_lost_are_told(tmp_path, fault):
    run = trained(tmp_path, STOPPING)
    best, weights = run / "checkpoints" / "best.h5", run / "model.weights.h5"
    kept = tmp_path / "kept.h5"
    shutil.copy(weights, kept)
    if fault == "missing":
        best.unlink()
    else:
        best.write_bytes(best.read_bytes()[:3000])
    refused = vaereg_here("resume", run, "-q", cwd=tmp_path)
    assert refused.returncode == 1 and "best.h5" in refused.stderr
    assert equal_weights(weights, kept)
    done = vaereg_here("resume", run, "--from", "last", cwd=tmp_path)  # what the message says
    assert done.returncode == 0 and "warning" in done.stderr
    assert not equal_weights(weights, kept)  # those of the last epoch


def test_resume_with_fewer_epochs_than_are_done_changes_nothing(tmp_path):
    run = trained(tmp_path)
    before = {path: path.read_bytes() for path in run.rglob("*") if path.suffix in (".toml", ".h5")}
    done = vaereg_here("resume", run, "-q", "--epochs", "2", cwd=tmp_path)
    assert done.returncode == 1 and "at least 3" in done.stderr
    assert all(path.read_bytes() == content for path, content in before.items())
    assert read_status(RunFolder(run)).state == "finished"


def test_an_evaluation_of_other_weights_is_made_again_after_as_many_epochs(tmp_path):
    write_evaluated_project(tmp_path, f'{SETTINGS}\ncheckpoint = {{ mode = "max" }}')
    assert vaereg_here("train", "-q", cwd=tmp_path).returncode == 0
    run = newest(tmp_path)
    words = ("evaluate", "tiny", "--features", "pixels")

    def evaluated():
        done = vaereg_here(*words, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        file = (run / "evaluation.json").read_text(encoding="utf-8")
        return done.stderr, json.loads(file)

    _, first = evaluated()
    told, same = evaluated()
    assert same == first and "warning" not in told
    # the largest loss is the best here, so that two epochs are trained again, with another rate
    rate = "train.optimizer.learning_rate=0.5"
    again = vaereg_here("resume", run, "-q", "--from", "best", "--set", rate, cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    told, second = evaluated()
    assert "made from other weights" in told and "evaluated again" in told
    assert second["epochs"] == first["epochs"]
    assert second["scores"]["elbo"]["value"] != first["scores"]["elbo"]["value"]
