"""`vaereg train`, `resume` and `sample` as a user runs them."""

import json
import os
import re
import shutil

import numpy as np
import pytest
from PIL import Image

from tests.helpers.tiny_run import newest, result, vaereg, vaereg_here, write_project
from vaereg.runs.history import read_history
from vaereg.runs.log import read_log
from vaereg.runs.state_file import read_state


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A project with a finished run, and the finished command, which had a process of its own."""
    folder = tmp_path_factory.mktemp("trained")
    write_project(folder)
    return folder, vaereg("train", cwd=folder)


def test_training_fills_the_run_folder_and_lists_its_files(trained):
    folder, done = trained
    assert done.returncode == 0, done.stderr
    run = newest(folder)
    for name in (
        "declaration.toml",
        "lock.json",
        "history.csv",
        "log.jsonl",
        "status.json",
        "checkpoints/last.h5",
        "checkpoints/best.h5",
        "model.weights.h5",
        "samples/samples.png",
        "samples/reconstructions.png",
        "samples/epoch-0003.png",
    ):
        assert (run / name).stat().st_size > 0, name
    assert str(run.relative_to(folder)) in done.stdout
    assert "samples.png" in done.stdout and "next: vaereg sample" in done.stdout
    for told in ("importing keras", "reading the data", "building", "compiling", "epoch 3/3"):
        assert told in done.stderr
    rows = read_history(run / "history.csv")
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    assert float(rows[-1]["loss"]) < float(rows[0]["loss"]) + 5
    assert {"loss", "reconstruction", "kl", "val_loss", "val_kl"} <= rows[0].keys()


def test_the_time_to_the_first_step_and_the_peak_memory_are_reported(trained):
    folder, done = trained
    events = {event["event"]: event for event in read_log(newest(folder) / "log.jsonl")}
    seconds = events["first step"]["seconds"]
    assert list(seconds) == ["imports", "data", "build", "compile"]
    assert all(value >= 0 for value in seconds.values())
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("first step after ")]
    assert all(part in line for part in seconds)
    assert "eager_reason" not in events["first step"], done.stderr
    assert events["finished"]["peak_memory"]["host"] > 2**26
    assert re.search(r", at most .* of memory$", done.stdout.splitlines()[0])


def test_the_lock_names_components_versions_and_the_data(trained):
    lock = json.loads((newest(trained[0]) / "lock.json").read_text())
    encoder = lock["components"]["encoder"]
    assert encoder["component"] == "vaereg/dense"
    assert len(encoder["sha256"]) == 64
    assert lock["backend"]["name"] == os.environ["KERAS_BACKEND"]
    assert lock["dataset"]["digest"] and lock["dataset"]["examples"] == 256


@pytest.mark.slow
def test_samples_come_as_grid_arrays_or_files_and_equal_seeds_give_equal_ones(trained):
    folder, _ = trained
    done = vaereg_here("sample", "tiny", "-n", "5", "--out", "a/", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["weights"] == "final"
    files = sorted((folder / "a").iterdir())
    assert [file.name for file in files] == [f"{i:04d}.png" for i in range(5)]
    assert Image.open(files[0]).size == (8, 8)
    one = vaereg_here("sample", "tiny", "-n", "5", "-o", "a.npz", "--seed", "3", "-q", cwd=folder)
    two = vaereg_here("sample", "tiny", "-n", "5", "-o", "b.npz", "--seed", "3", "-q", cwd=folder)
    assert (one.returncode, two.returncode) == (0, 0)
    with np.load(folder / "a.npz") as first, np.load(folder / "b.npz") as second:
        assert first["samples"].shape == (5, 8, 8, 1)
        assert first["latents"].shape == (5, 3)
        assert np.array_equal(first["samples"], second["samples"])
        # The files hold whole numbers up to 255, and samples have the units of the files.
        assert first["samples"].min() >= 0 and 1 < first["samples"].max() <= 255


@pytest.mark.slow
def test_another_sampler_is_fitted_on_the_training_data_and_kept_in_the_run(trained):
    folder, _ = trained
    words = ("sample", "tiny", "--sampler", "gaussian_mixture", "-o", "gm.png")
    done = vaereg_here(*words, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "reading the data" in done.stderr
    first = (folder / "gm.png").read_bytes()
    again = vaereg_here(*words, cwd=folder)
    assert "reading the data" not in again.stderr
    assert (folder / "gm.png").read_bytes() == first


def test_a_finished_run_is_finished_again_without_training(trained):
    folder, _ = trained
    run = newest(folder)
    weights, history = read_state(run / "model.weights.h5"), (run / "history.csv").read_bytes()
    assert result(vaereg_here("resume", "tiny", "--json", "-q", cwd=folder))["epochs"] == 3
    assert (run / "history.csv").read_bytes() == history
    again = read_state(run / "model.weights.h5")
    assert again[1] == weights[1]
    assert all(np.array_equal(again[0][path], array) for path, array in weights[0].items())


def test_a_damaged_checkpoint_is_an_error_and_the_best_one_can_be_used(trained, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(newest(trained[0]), run)
    last = run / "checkpoints" / "last.h5"
    last.write_bytes(last.read_bytes()[:1000])
    done = vaereg_here("train", "--resume", run, "-q", cwd=trained[0])
    assert done.returncode == 1
    assert "last.h5 is damaged" in done.stderr and "--from best" in done.stderr
    assert vaereg_here("resume", run, "--from", "best", "-q", cwd=trained[0]).returncode == 0


def test_a_changed_component_or_backend_is_a_lock_mismatch(trained, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(newest(trained[0]), run)
    text = (run / "lock.json").read_text()
    lock = json.loads(text)
    lock["components"]["encoder"]["sha256"] = "0" * 64
    (run / "lock.json").write_text(json.dumps(lock))
    done = vaereg_here("sample", run, cwd=tmp_path)
    assert done.returncode == 4
    assert "encoder (vaereg/dense" in done.stderr and "ignore_lock" in done.stderr
    lock["components"]["encoder"]["distribution"] = "vaereg-plugin-gone"
    lock["components"]["encoder"]["version"] = "1.2"
    (run / "lock.json").write_text(json.dumps(lock))
    done = vaereg_here("resume", run, cwd=tmp_path)
    assert done.returncode == 3
    assert "pip install vaereg-plugin-gone==1.2" in done.stderr


FAULTS = [
    ("an unknown model", ("train", "tinny"), 2, "tiny"),
    ("an unknown backend", ("train", "--backend", "tensorflo"), 2, "tensorflow"),
    ("an epoch count of zero", ("train", "--epochs", "0"), 2, "at least 1"),
    ("a file as the folder of runs", ("train", "--runs", "registry.toml"), 1, "is not a folder"),
    ("an unknown run", ("resume", "nothing"), 1, "no run 'nothing'"),
    ("an unknown sampler", ("sample", "run", "--sampler", "mixtur"), 2, "no sampler is named"),
    ("a picture of another form", ("sample", "run", "--out", "a.gif"), 2, ".npz"),
    ("settings for a run", ("sample", "run", "--set", "train.epochs=3"), 2, "cannot change a run"),
    ("changes to a resumed run", ("train", "--resume", "run", "--seed", "1"), 2, "cannot change"),
]


@pytest.mark.parametrize(("words", "code", "told"), [fault[1:] for fault in FAULTS],
                         ids=[fault[0] for fault in FAULTS])  # fmt: skip
def test_an_error_on_the_command_line_is_reported_and_nothing_is_written(
    trained, tmp_path, words, code, told
):
    write_project(tmp_path)
    shutil.copytree(newest(trained[0]), tmp_path / "run")
    done = vaereg_here(*words, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "runs").exists()


def test_data_that_the_likelihood_cannot_take_is_an_error_before_training(tmp_path):
    values = np.random.default_rng(0).uniform(0, 1, (256, 8, 8, 1)).astype("float32")
    values[17, 3, 4, 0] = 1.5
    write_project(tmp_path, x_train=values)
    done = vaereg_here("train", cwd=tmp_path)
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "runs").exists()


def test_a_loss_that_breaks_ends_with_its_term_and_exit_code_1(tmp_path):
    write_project(tmp_path)
    setting = "train.optimizer={use='sgd', learning_rate=1e30}"
    done = vaereg_here("train", "--set", setting, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "not finite" in done.stderr
    assert json.loads((newest(tmp_path) / "status.json").read_text())["state"] == "failed"
