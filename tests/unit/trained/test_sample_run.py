"""Samples of runs, of images without their data and of columns in their own units."""

import shutil

import numpy as np
import pytest

import vaereg
from tests.unit.trained.conftest import train_tiny
from vaereg.errors import VaeregError
from vaereg.host.devices import choose_backend
from vaereg.host.progress import Progress
from vaereg.trained.opened_run import read_opened_run
from vaereg.trained.sample_run import sample_run


def sampled(run, **more):
    opened = read_opened_run(run, warn=print)
    return sample_run(
        opened.run,
        opened.declaration,
        more.pop("sampler", opened.declaration.sampler),
        choose_backend(),
        Progress(quiet=True),
        **more,
    )


@pytest.fixture(scope="module")
def without_data(tmp_path_factory):
    run = train_tiny(tmp_path_factory.mktemp("gone"))
    (run.parents[2] / "blobs.npz").unlink()
    return run


def test_samples_are_those_of_the_loaded_model(tiny_run, model):
    samples = sampled(tiny_run, n=7, seed=2)
    values, latents = model.draw(7, seed=2)
    assert np.array_equal(samples.values, values) and np.array_equal(samples.latents, latents)
    assert samples.weights == "final" and len(samples.data.train) == 256


def test_a_run_of_images_is_sampled_without_its_data(without_data):
    assert sampled(without_data, n=3).values.shape == (3, 8, 8, 1)
    loaded = vaereg.load(without_data, quiet=True)
    assert loaded.sample(3).shape == (3, 8, 8, 1)


def test_what_needs_the_data_says_that_it_is_missing(without_data):
    loaded = vaereg.load(without_data, quiet=True)
    with pytest.raises(VaeregError, match=r"blobs\.npz"):
        loaded.sample(3, sampler="gaussian_mixture")
    with pytest.raises(VaeregError, match=r"blobs\.npz"):
        loaded.examples(2)


def test_a_run_folder_that_was_moved_can_be_sampled(tiny_run, model, tmp_path, monkeypatch):
    monkeypatch.chdir(tiny_run.parents[2])  # where a run far from its project finds the data
    moved = tmp_path / "moved@home"
    shutil.copytree(tiny_run, moved)
    assert np.array_equal(vaereg.load(moved, quiet=True).sample(4), model.sample(4))
    with_sampler = vaereg.load(f"{moved}@gaussian_mixture", quiet=True)
    assert np.array_equal(with_sampler.sample(4), model.sample(4, sampler="gaussian_mixture"))


def test_a_missing_checkpoint_is_an_error(tiny_run):
    (best,) = (tiny_run / "checkpoints").glob("best.h5")
    kept = best.rename(best.with_suffix(".kept"))
    try:
        with pytest.raises(vaereg.RunError, match="holds no best checkpoint"):
            vaereg.load(tiny_run, weights="best", quiet=True)
    finally:
        kept.rename(best)
