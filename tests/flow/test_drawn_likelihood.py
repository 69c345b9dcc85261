"""A likelihood with a network of its own that is shown as draws, on data that people read as text.

It is trained, resumed to the bit, sampled into a text file, evaluated and loaded in Python.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vaereg
from vaereg.runs.state_file import read_state

PLUGIN = """
import vaereg

def component(kind, name, factory, **more):
    return vaereg.Component(kind=kind, name=name, factory="acme_text.parts:" + factory,
                            params=None, summary="Made for a test.", **more)

@vaereg.hookimpl
def vaereg_components():
    return [component("dataset", "words", "Words"), component("likelihood", "letters", "Letters")]
"""

PARTS = '''
import hashlib, keras, numpy as np, vaereg
from keras import ops

class Words:
    """Words of four letters a to c, one-hot."""

    def __init__(self, params, context):
        pass

    def __call__(self):
        rng = np.random.default_rng(0)
        first = rng.integers(0, 3, (260, 1))
        codes = (first + np.array([[0, 1, 0, 2]])) % 3
        values = np.eye(3, dtype=np.float32)[codes]
        parts = np.split(values, [96, 128])
        return vaereg.Data(
            spec=vaereg.DataSpec(form="sequence", shape=(4, 3), levels=2, size=96),
            train=vaereg.ArraySplit(parts[0]), validation=vaereg.ArraySplit(parts[1]),
            test=vaereg.ArraySplit(parts[2]),
            digest=hashlib.sha256(values.tobytes()).hexdigest(),
            to_display=lambda x: ["".join("abc"[i] for i in row) for row in x.argmax(-1)])

class Letters(keras.layers.Layer):
    """One letter for each place; a network of its own adds to the logits."""

    draws = True

    def __init__(self, params, context):
        super().__init__(name=context.name, dtype="float32")
        self.more = keras.layers.Dense(3, name="more", dtype="float32")

    def channels(self, data_channels):
        return data_channels

    def logits(self, outputs):
        return outputs + ops.tanh(self.more(outputs))

    def log_prob(self, x, outputs, training=False, *, seed):
        noise = 0.01 * keras.random.normal(ops.shape(outputs), dtype="float32", seed=seed)
        chance = ops.log_softmax(self.logits(outputs + noise), axis=-1)
        return ops.sum(x * chance, axis=(1, 2))

    def mean(self, outputs):
        return ops.softmax(self.logits(outputs), axis=-1)

    def sample(self, outputs, seed):
        u = keras.random.uniform(ops.shape(outputs), 1e-6, 1.0, "float32", seed)
        chosen = ops.argmax(self.logits(outputs) - ops.log(-ops.log(u)), axis=-1)
        return ops.one_hot(chosen, 3, dtype="float32")
'''

REGISTRY = """
default = "texts"

[data.words]
use = "words"

[models.texts]
data = "words"
latent = 2
encoder = { use = "dense", widths = [8] }
decoder = { use = "dense", widths = [8] }
likelihood = "letters"

[train]
epochs = 2
batch_size = 32
ema = 0.9
"""


@pytest.fixture
def installed(fake_distribution: Any, vaereg_run: Any) -> Any:
    modules = {"acme_text.plugin": PLUGIN, "acme_text.parts": PARTS}
    fake_distribution("acme-text", modules=modules)
    Path("registry.toml").write_text(REGISTRY, encoding="utf-8")
    return vaereg_run


def trained(run: Any, *words: str) -> str:
    """The folder of a run that is trained now."""
    before = set(Path("runs").glob("*/*"))
    done = run("train", "-q", *words)
    assert done.code == 0, done.err
    (folder,) = {each for each in Path("runs").glob("*/*") if each.is_dir()} - before
    return str(folder)


@pytest.mark.slow
def test_a_likelihood_that_draws_is_trained_resumed_sampled_and_loaded(installed: Any) -> None:
    whole = trained(installed)
    begun = trained(installed, "--set", "train.epochs=1")
    done = installed("resume", begun, "-q", "--epochs", "2")
    assert done.code == 0, done.err
    one, other = (read_state(Path(run) / "checkpoints/last.h5")[0] for run in (whole, begun))
    assert any("likelihood/more/kernel" in path for path in one)
    assert [path for path in one if one[path].tobytes() != other[path].tobytes()] == []

    sampled = installed("sample", whole, "-n", "20")
    path = Path(sampled.out.strip())
    lines = path.read_text(encoding="utf-8").splitlines()
    assert (sampled.code, path.suffix, len(lines)) == (0, ".txt", 20)
    assert all(len(line) == 4 and set(line) <= set("abc") for line in lines)
    assert len((Path(whole) / "samples/samples.txt").read_text().splitlines()) == 64
    installed("sample", whole, "-n", "20", "--out", "texts.npz")
    assert np.load("texts.npz")["samples"].tolist() == lines

    model = vaereg.load(whole)
    drawn = model.sample(20)
    assert np.array_equal(np.unique(drawn), [0.0, 1.0])  # letters, and not their chances
    assert np.array_equal(drawn, model.sample(20))
    assert list(model.sample(20, units="original")) == lines
    x = model.examples(4)
    assert not np.array_equal(model.reconstruct(x, seed=1), model.reconstruct(x, seed=2))


@pytest.mark.slow
def test_an_evaluation_says_that_its_samples_are_draws(installed: Any) -> None:
    run = trained(installed)
    done = installed("evaluate", run, "-q")
    assert done.code == 0, done.err
    (kept,) = Path(run).glob("evaluation*.json")
    assert "draws of the likelihood" in kept.read_text(encoding="utf-8")
    assert installed("report", run, "--out", "report.html").code == 0
    assert "draws of the likelihood" in Path("report.html").read_text(encoding="utf-8")


def test_numbers_are_not_written_to_a_text_file(installed: Any, tmp_path: Path) -> None:
    Path("registry.toml").write_text(
        REGISTRY.replace(
            'use = "words"', 'use = "arrays"\npath = "x.npz"\nform = "vector"'
        ).replace('likelihood = "letters"', 'likelihood = "gaussian"'),
        encoding="utf-8",
    )
    np.savez("x.npz", x=np.random.default_rng(0).normal(size=(200, 4)).astype("float32"))
    run = trained(installed, "--set", "train.epochs=1")
    done = installed("sample", run, "--out", "samples.txt")

    assert done.code == 2
    assert "these samples are no texts; give an .npz file" in done.err
    assert not Path("samples.txt").exists()
