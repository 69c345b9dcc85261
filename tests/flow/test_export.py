"""`vaereg export RUN`: what is written works without vaereg and gives the model's numbers."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest

import vaereg
from tests.helpers.conditional_run import write_conditional_project
from tests.helpers.tiny_run import blobs, newest, vaereg_here, write_project

if keras.backend.backend() != "tensorflow":
    pytest.skip("exports are written on TensorFlow", allow_module_level=True)

import tensorflow as tf


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    write_project(folder)
    sampler = '--set=models.tiny.sampler={use="gaussian_mixture",components=[2]}'
    assert vaereg_here("train", "--epochs=1", sampler, cwd=folder).returncode == 0
    return folder


def test_a_run_is_exported_with_its_fitted_sampler(project):
    done = vaereg_here("export", "tiny", "--out=served", "--json", cwd=project)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["export"] == "served"
    served = tf.saved_model.load(str(project / "served"))
    model = vaereg.load(newest(project))
    x = blobs(6, 5).astype("float32") / 255
    found = served.reconstruct(tf.constant(x)).numpy()
    np.testing.assert_allclose(found, model.reconstruct(x), rtol=1e-4, atol=1e-5)
    many = served.encode(served.sample(2000, 0))["mode"].numpy()
    due = model.encode(model.sample(2000)).mode
    spread = due.std(axis=0)
    assert np.all(np.abs(many.mean(axis=0) - due.mean(axis=0)) < 0.15 * spread)
    assert np.all(np.abs(many.std(axis=0) - spread) < 0.15 * spread)


def test_the_folder_is_named_after_the_model_and_another_sampler_is_taken(project):
    done = vaereg_here("export", "tiny", "--sampler=prior", cwd=project)

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "tiny.savedmodel"
    assert (project / "tiny.savedmodel" / "vaereg.json").is_file()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--to=flax",), "no export to 'flax'; a model is exported to savedmodel"),
        (("--out=runs",), "exists and is no SavedModel"),
        (("--sampler=nope",), "nope"),
    ],
)
def test_a_wrong_word_is_one_error(project, words, complaint):
    done = vaereg_here("export", "tiny", *words, cwd=project)

    assert done.returncode == 2 and complaint in done.stderr and "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_conditional_model_takes_its_conditions_as_arguments(tmp_path):
    write_conditional_project(tmp_path)
    assert vaereg_here("train", cwd=tmp_path).returncode == 0

    done = vaereg_here("export", "told", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    served = tf.saved_model.load(str(tmp_path / "told.savedmodel"))
    left, right = (
        served.sample(200, 0, tf.fill([200], tf.constant(side))).numpy().mean(axis=(0, 1, 3))
        for side in (0, 1)
    )
    assert left[:4].sum() > right[:4].sum() and right[4:].sum() > left[4:].sum()
    facts = json.loads((tmp_path / "told.savedmodel" / "vaereg.json").read_text())
    assert facts["functions"]["decode"] == ["z", "label"]
