"""The sampler in a run: trained after the VAE, with classes, killed and resumed."""

from __future__ import annotations

import csv
import subprocess
import sys

import keras
import numpy as np
import pytest

import vaereg
from vaereg.testing import killed_and_resumed

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


@pytest.mark.slow
@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="whole commands, once")
def test_a_killed_training_resumes_to_the_bit_and_draws_the_class_that_is_asked_for(tmp_path):
    learns = [
        ("steps = 6", "steps = 300"),
        ("width = 8", "width = 32\nearly_steps = 100"),
        ("epochs = 2", "epochs = 30"),
    ]
    project(tmp_path, "2", *learns)

    found = killed_and_resumed(tmp_path, until="samplers/*/*/last.h5")  # in the sampler's training

    files = list((found.resumed / "samplers").rglob("*.h5"))
    assert len(files) == 3  # the trained sampler, and its last and best checkpoints
    assert found.compared > 12
    assert not found.differing

    out = tmp_path / "drawn.npz"
    words = ("-n", "200", "--given", "label=0,1", "-o", str(out))
    subprocess.run(
        [sys.executable, "-m", "vaereg", "sample", str(found.resumed), *words], check=True
    )
    drawn = np.load(out)["samples"]
    means = [drawn[place::2].mean() for place in range(2)]
    assert means[1] - means[0] > 1.0
