"""The sampler in a run: trained after the VAE, with classes."""

from __future__ import annotations

import csv

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
batch_size = 32
"""


def project(folder, latent="2", steps=6):
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
    text = REGISTRY.replace("LATENT", latent).replace("steps = 6", f"steps = {steps}")
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
