"""A trained model in Python: what it returns, and that it is the model that was trained."""

import keras
import numpy as np
import pytest

import vaereg
from tests.helpers.tiny_run import blobs
from vaereg.errors import DataError, UsageError

IMAGES = blobs(6, 3)
FLOATS = IMAGES.astype(np.float32) * np.float32(1 / 255)


def test_it_gives_the_declaration_that_was_trained(model):
    assert model.declaration.model == "tiny" and isinstance(model.vae, keras.Model)
    assert model.spec.shape == (8, 8, 1) and model.latent_shape == (3,)
    assert len(model.data.train) == 256 and "tiny" in repr(model)


def test_its_weights_are_those_of_the_run(model, tiny_run):
    x = model.examples(8)
    again = vaereg.load(tiny_run, quiet=True)
    last = vaereg.load(tiny_run, weights="last", quiet=True)
    assert np.array_equal(model.reconstruct(x), again.reconstruct(x))
    assert np.array_equal(model.reconstruct(x), last.reconstruct(x)) and last.weights == "last"


def test_it_encodes_to_the_posterior_in_numpy(model):
    latent = model.encode(FLOATS)
    assert isinstance(latent, vaereg.Latent) and isinstance(latent.mode, np.ndarray)
    assert latent.z is latent.mode and latent.mode.shape == latent.log_var.shape == (6, 3)
    assert np.array_equal(np.asarray(latent), latent.mode)


def test_a_reconstruction_is_the_decoded_mode(model):
    assert np.allclose(
        model.reconstruct(FLOATS), model.decode(model.encode(FLOATS).mode), atol=1e-6
    )


@pytest.mark.parametrize("name", ["encode", "reconstruct", "score"])
def test_8_bit_images_and_their_floats_are_the_same_example(model, name):
    assert_equal(getattr(model, name)(IMAGES), getattr(model, name)(FLOATS))


@pytest.mark.parametrize("name", ["encode", "reconstruct", "score"])
def test_grey_images_may_come_without_their_channel(model, name):
    assert_equal(getattr(model, name)(IMAGES[..., 0]), getattr(model, name)(FLOATS))


@pytest.mark.parametrize("name", ["encode", "reconstruct"])
def test_one_example_gives_its_row_of_the_batch(model, name):
    batch, one = getattr(model, name)(FLOATS), getattr(model, name)(FLOATS[2])
    if name == "encode":
        assert one.mode.shape == (3,) and np.allclose(one.mode, batch.mode[2], atol=1e-6)
        assert np.allclose(one.log_var, batch.log_var[2], atol=1e-6)
    else:
        assert one.shape == (8, 8, 1) and np.allclose(one, batch[2], atol=1e-6)


def test_one_latent_is_decoded_to_one_example(model):
    z = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)
    assert np.allclose(model.decode(z[1]), model.decode(z)[1], atol=1e-6)
    assert model.decode(z[1]).shape == (8, 8, 1)


@pytest.mark.parametrize("name", ["encode", "reconstruct", "score"])
def test_what_is_not_an_example_is_refused(model, name):
    for wrong in (FLOATS[:, :4], FLOATS * 255, IMAGES.astype(int), np.full((8, 8, 1), np.nan)):
        with pytest.raises(DataError, match="examples must be"):
            getattr(model, name)(wrong)


def test_what_is_not_a_latent_is_refused(model):
    for wrong in (np.zeros((2, 4)), np.zeros((2, 3), int), np.full(3, np.nan)):
        with pytest.raises(DataError, match="latents must be"):
            model.decode(wrong)


def test_equal_seeds_give_equal_samples_and_others_do_not(model):
    first = model.sample(5, seed=3)
    assert first.shape == (5, 8, 8, 1) and np.array_equal(first, model.sample(5, seed=3))
    assert not np.array_equal(first, model.sample(5, seed=4))


def test_samples_are_drawn_with_the_declared_sampler_another_or_the_prior(model, tiny_run):
    declared, latents = model.draw(40, seed=1)
    assert np.array_equal(declared, model.decode(latents))
    assert np.array_equal(declared, model.sample(40, seed=1, sampler="prior"))
    assert np.array_equal(model.sample(40, 1, None), model.decode(model.vae.draw_prior(40, 1)))
    mixture = model.sample(40, seed=1, sampler="gaussian_mixture")
    assert not np.array_equal(mixture, declared)
    assert list((tiny_run / "samplers").glob("*gaussian_mixture*"))


def test_a_run_at_a_sampler_draws_with_it_by_default(model, tiny_run):
    loaded = vaereg.load(f"{tiny_run}@gaussian_mixture", quiet=True)
    assert np.array_equal(loaded.sample(9), model.sample(9, sampler="gaussian_mixture"))


def test_a_fitted_sampler_is_kept(model):
    first = model.fitted_sampler("gaussian_mixture")
    assert model.fitted_sampler("vaereg/gaussian_mixture") is first


def test_an_unknown_sampler_and_a_wrong_number_are_refused(model):
    with pytest.raises(UsageError, match="gaussian_mixture"):
        model.sample(3, sampler="gausian_mixture")
    for wrong in (0, -1, 2.5, True, "4"):
        with pytest.raises(UsageError, match="n must be a whole number"):
            model.sample(wrong)
    with pytest.raises(UsageError, match="samples must be"):
        model.score(FLOATS, samples=0)


def test_a_name_of_no_sampler_is_refused(model):
    for wrong in (3, True, ["prior"], model.fitted_sampler()):
        with pytest.raises(UsageError, match="sampler must be the name of a sampler, or None"):
            model.sample(2, sampler=wrong)


@pytest.mark.parametrize("sampler", ["prior", "gaussian_mixture", None])
def test_every_seed_that_is_allowed_is_taken_and_others_are_refused(model, sampler):
    assert model.sample(2, 2**32 - 1, sampler).shape == (2, 8, 8, 1)
    for wrong in (2**32, 2**200, -1, 1.0, None):
        with pytest.raises(UsageError, match="seed must be a whole number from 0 to 4294967295"):
            model.sample(2, wrong, sampler)


@pytest.mark.parametrize("sampler", ["prior", "gaussian_mixture", None])
def test_more_samples_than_fit_in_memory_are_refused_before_they_are_drawn(
    model, sampler, monkeypatch
):
    monkeypatch.setattr("vaereg.trained.trained_model.free_memory", lambda: 10**6)
    with pytest.raises(UsageError, match=r"100000 samples of shape \(8, 8, 1\) need 54 MB"):
        model.sample(100_000, sampler=sampler)
    assert len(model.sample(300, sampler=sampler)) == 300


def test_examples_are_the_first_of_a_split_as_the_model_takes_them(model):
    x = model.examples(4)
    assert np.array_equal(x, model.data.test.take(np.arange(4)))
    assert model.examples(3, "train").shape == (3, 8, 8, 1)
    with pytest.raises(DataError, match="has 8 test examples"):
        model.examples(9)
    with pytest.raises(UsageError, match="split must be"):
        model.examples(1, "holdout")


def test_scores_agree_with_draws_made_by_hand(model):
    x = FLOATS[:3]
    scores = model.score(x, samples=64)
    latent, rng = model.encode(x), np.random.default_rng(5)
    draws = 4000
    noise = rng.standard_normal((draws, 3, 3))
    z = latent.mode + np.exp(latent.log_var / 2) * noise
    mean = model.decode(z.reshape(-1, 3).astype(np.float32)).reshape(draws, *x.shape)
    mean = np.clip(mean.astype(np.float64), 1e-7, 1 - 1e-7)
    log_p = (x * np.log(mean) + (1 - x) * np.log(1 - mean)).sum(axis=(2, 3, 4))
    kl = 0.5 * (np.exp(latent.log_var) + latent.mode**2 - 1 - latent.log_var).sum(axis=1)
    log_q = -0.5 * (np.log(2 * np.pi) + latent.log_var + noise**2).sum(axis=2)
    log_prior = -0.5 * (np.log(2 * np.pi) + z**2).sum(axis=2)
    log_w = log_p + log_prior - log_q
    assert np.allclose(scores["kl"], kl, rtol=1e-4)
    error = 5 * log_p.std(axis=0) / np.sqrt(64)
    assert np.all(np.abs(scores["reconstruction"] - log_p.mean(axis=0)) < error + 1e-3)
    bound = np.logaddexp.reduce(log_w, axis=0) - np.log(draws)
    assert np.all(np.abs(scores["bound"] - bound) < 5 * log_w.std(axis=0) / np.sqrt(64) + 1e-2)


def test_scores_are_one_float64_per_example_and_add_up(model):
    scores = model.score(FLOATS, samples=20)
    assert list(scores) == ["elbo", "bound", "reconstruction", "kl"]
    assert all(each.shape == (6,) and each.dtype == np.float64 for each in scores.values())
    assert np.array_equal(scores["elbo"], scores["reconstruction"] - scores["kl"])
    assert np.all(scores["kl"] >= 0)
    assert_equal(scores, model.score(FLOATS, samples=20))
    assert not np.array_equal(scores["bound"], model.score(FLOATS, 20, seed=1)["bound"])


def test_the_scores_of_one_example_have_no_axis(model):
    one = model.score(FLOATS[0])
    assert all(each.shape == () and np.isfinite(each) for each in one.values())


@pytest.mark.slow
def test_more_samples_tighten_the_bound(model):
    x = model.examples(8)
    few, many = (model.score(x, samples=k)["bound"].mean() for k in (1, 256))
    assert many > few


@pytest.mark.slow
def test_it_still_works_after_an_evaluation_has_cleared_the_session(tiny_run):
    loaded = vaereg.load(tiny_run, quiet=True)
    before = loaded.sample(3)
    keras.utils.clear_session()  # as `vaereg.evaluate` does after each run
    assert np.array_equal(loaded.sample(3), before)
    assert loaded.score(FLOATS)["bound"].shape == (6,)


def assert_equal(one, other):
    if isinstance(one, dict):
        assert all(np.array_equal(one[name], other[name]) for name in one)
    elif isinstance(one, tuple):
        assert np.array_equal(one.mode, other.mode) and np.array_equal(one.log_var, other.log_var)
    else:
        assert np.array_equal(one, other)
