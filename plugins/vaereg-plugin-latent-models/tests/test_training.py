"""The sampler in a run: trained after the VAE, with classes, killed and resumed."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time

import h5py
import keras
import numpy as np
import pytest

import vaereg

REGISTRY = """
default = "tiny"

[data.points]
use = "arrays"
path = "points.npz"
form = "vector"
given = ["label"]

[models.tiny]
latent = LATENT
encoder = { use = "dense", widths = [8] }
decoder = { use = "dense", widths = [8] }

[models.tiny.sampler]
use = "flow_matching"
width = 8
blocks = 1
steps = 2

[models.tiny.sampler.train]
steps = 6
batch_size = 32
ema = 0.0
optimizer = { use = "adam", learning_rate = 0.01 }

[train]
epochs = 2
optimizer = { use = "adam", learning_rate = 0.01 }
batch_size = 32
"""


def project(folder, latent="2", *changes):
    """A registry, and points of two classes that lie apart."""
    rng = np.random.default_rng(0)
    labels = np.arange(160) % 2
    values = (rng.normal(size=(160, 3)) + 4.0 * labels[:, None]).astype("float32")
    np.savez(
        folder / "points.npz",
        x_train=values[:128],
        y_train=labels[:128],
        x_test=values[128:],
        y_test=labels[128:],
    )
    text = REGISTRY.replace("LATENT", latent)
    for line, other in changes:
        assert line in text
        text = text.replace(line, other)
    (folder / "registry.toml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("latent", ["2", pytest.param("[4, 4, 2]", marks=pytest.mark.slow)])
def test_a_run_trains_it_and_draws_from_it(tmp_path, latent):
    project(tmp_path, latent)

    run = vaereg.train(tmp_path / "registry.toml", runs=tmp_path / "runs", quiet=True)

    (path,) = (run.folder / "samplers").glob("*/history.csv")
    rows = list(csv.DictReader(path.open()))
    assert [row["step"] for row in rows] == [str(step) for step in range(1, 7)]
    model = vaereg.load(run, quiet=True)
    first = model.sample(5, seed=1, given={"label": 1})
    assert first.shape == (5, 3) and np.isfinite(first).all()
    assert np.array_equal(first, model.sample(5, seed=1, given={"label": 1}))


def arrays_of(file) -> dict[str, bytes]:
    found = {}
    with h5py.File(file) as opened:
        opened.visititems(
            lambda name, item: (
                found.__setitem__(name, np.asarray(item[()]).tobytes())
                if isinstance(item, h5py.Dataset) and name != "attributes"  # it has times
                else None
            )
        )
    return found


def start(folder, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "vaereg", *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
    )


def done(folder, *words: str) -> bytes:
    child = start(folder, *words)
    output, errors = child.communicate()
    assert child.returncode == 0, errors.decode()
    return output


@pytest.mark.slow
@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="whole commands, once")
def test_a_killed_training_resumes_to_the_bit_and_draws_the_class_that_is_asked_for(tmp_path):
    learns = [
        ("steps = 6", "steps = 300"),
        ("width = 8", "width = 32\nearly_steps = 100"),
        ("epochs = 2", "epochs = 30"),
    ]
    project(tmp_path, "2", *learns)
    done(tmp_path, "train", "-q", "--runs", "whole")

    child = start(tmp_path, "train", "-q", "--runs", "killed")
    while child.poll() is None and not list(tmp_path.glob("killed/*/*/samplers/*/*/last.h5")):
        time.sleep(0.002)
    child.kill()
    child.communicate()
    assert child.returncode == -signal.SIGKILL
    (killed,) = tmp_path.glob("killed/tiny/*")
    assert not list((killed / "samplers").glob("*.h5"))  # it died in the training of the sampler
    done(tmp_path, "resume", "tiny", "-q", "--runs", "killed")

    (whole,) = tmp_path.glob("whole/tiny/*")
    files = sorted(path.relative_to(whole) for path in (whole / "samplers").rglob("*.h5"))
    assert len(files) == 3  # the trained sampler, and its last and best checkpoints
    for file in files:
        mine, theirs = arrays_of(whole / file), arrays_of(killed / file)
        assert len(mine) > 4
        assert mine == theirs

    out = tmp_path / "drawn.npz"
    done(tmp_path, "sample", str(whole), "-n", "200", "--given", "label=0,1", "-o", str(out))
    drawn = np.load(out)["samples"]
    means = [drawn[place::2].mean() for place in range(2)]
    assert means[1] - means[0] > 1.0
