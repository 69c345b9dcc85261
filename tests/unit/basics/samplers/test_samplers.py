"""The samplers on latents of known distribution."""

from __future__ import annotations

import subprocess
import sys
import warnings

import keras
import numpy as np
import pytest

import vaereg
from vaereg.basics.priors.standard_normal import StandardNormal
from vaereg.basics.samplers.declared import GaussianMixtureSamplerParams
from vaereg.basics.samplers.gaussian_mixture import GaussianMixture
from vaereg.basics.samplers.prior import Prior
from vaereg.component import NoParams


def mixture(shape: tuple[int, ...] = (2,), **params: object) -> GaussianMixture:
    return GaussianMixture(
        GaussianMixtureSamplerParams(**params),
        vaereg.BuildContext(name="sampler", latent_shape=shape),
    )


def two_clusters(count: int = 600) -> np.ndarray:
    rng = np.random.default_rng(0)
    z = rng.normal(size=(count, 2)) @ np.array([[1.0, 0.8], [0.0, 0.3]])
    z[: count // 3] += [12.0, -5.0]
    return z.astype("float32")


def test_samples_follow_the_fitted_latents() -> None:
    z, sampler = two_clusters(), mixture()
    sampler.fit(z, seed=1)
    drawn = sampler.sample(20_000, seed=2)
    assert drawn.shape == (20_000, 2)
    assert drawn.dtype == np.float32
    np.testing.assert_allclose(drawn.mean(axis=0), z.mean(axis=0), atol=0.15)
    np.testing.assert_allclose(np.cov(drawn.T), np.cov(z.T), rtol=0.05)


def test_tensors_are_drawn_from_the_same_mixture() -> None:
    z, sampler = two_clusters(), mixture((1, 2))
    sampler.fit(z[:, None], seed=1)
    drawn, same, other = (
        np.asarray(keras.ops.convert_to_numpy(sampler.draw(20_000, seed))) for seed in (2, 2, 3)
    )
    assert drawn.shape == (20_000, 1, 2) and drawn.dtype == np.float32
    np.testing.assert_allclose(drawn.mean(axis=(0, 1)), z.mean(axis=0), atol=0.15)
    np.testing.assert_allclose(np.cov(drawn[:, 0].T), np.cov(z.T), rtol=0.05)
    np.testing.assert_array_equal(drawn, same)
    assert not np.array_equal(drawn, other)


def test_held_out_latents_choose_the_number_of_components() -> None:
    sampler = mixture(components=(1, 2))
    sampler.fit(two_clusters(), seed=1)
    assert sampler.components == 2
    assert sampler.held_out[1] > sampler.held_out[0]
    plain = mixture(components=(1, 2, 5))
    plain.fit(np.random.default_rng(3).normal(size=(400, 2)), seed=1)
    assert plain.components == 1


def test_of_equal_scores_the_fewest_components_win() -> None:
    sampler = mixture(components=(3, 1, 2))
    sampler._mixture = lambda k, values, seed: _Flat(k)  # type: ignore[method-assign]
    sampler.fit(two_clusters(60), seed=0)
    assert sampler.components == 1


class _Flat:
    converged_ = True

    def __init__(self, k: int) -> None:
        self.weights_ = np.full(k, 1 / k)
        self.means_ = np.zeros((k, 2))
        self.covariances_ = np.tile(np.eye(2), (k, 1, 1))

    def score(self, values: np.ndarray) -> float:
        return 0.0


def test_components_are_drawn_at_random_with_their_weights() -> None:
    sampler = mixture(components=(2,))
    sampler.fit(two_clusters(), seed=1)
    far = sampler.sample(9_000, seed=0)[:, 0] > 6
    assert far.mean() == pytest.approx(1 / 3, abs=0.03)
    few = [bool(sampler.sample(1, seed=s)[0, 0] > 6) for s in range(40)]
    assert 0 < sum(few) < 40  # one draw reaches either component


def test_equal_seeds_give_equal_samples_and_others_do_not() -> None:
    sampler = mixture()
    sampler.fit(two_clusters(), seed=1)
    np.testing.assert_array_equal(sampler.sample(5, seed=3), sampler.sample(5, seed=3))
    assert not np.array_equal(sampler.sample(5, seed=3), sampler.sample(5, seed=4))


def test_a_restored_sampler_gives_equal_samples() -> None:
    fitted, fresh = mixture((2, 1, 1)), mixture((2, 1, 1))
    fitted.fit(two_clusters().reshape(-1, 2, 1, 1), seed=1)
    fresh.restore(fitted.state())
    drawn = fresh.sample(6, seed=9)
    assert drawn.shape == (6, 2, 1, 1)
    np.testing.assert_array_equal(drawn, fitted.sample(6, seed=9))


def test_restoring_and_sampling_need_no_sklearn() -> None:
    program = """
import sys
sys.modules["sklearn"] = None
import numpy as np, vaereg
from vaereg.basics.samplers.declared import GaussianMixtureSamplerParams
from vaereg.basics.samplers.gaussian_mixture import GaussianMixture
sampler = GaussianMixture(
    GaussianMixtureSamplerParams(), vaereg.BuildContext(name="s", latent_shape=(2,)))
one = np.ones(1)
sampler.restore(dict(weights=one, means=np.zeros((1, 2)), cholesky=np.eye(2)[None],
                     tried=one, held_out=one, converged=one))
print(sampler.sample(3, 0).shape)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "(3, 2)"


def test_more_components_than_latents_are_left_out() -> None:
    sampler = mixture(components=(1, 50))
    sampler.fit(two_clusters(20), seed=0)
    assert list(sampler.tried) == [1]


def test_a_fit_that_did_not_converge_is_recorded_and_silent() -> None:
    sampler = mixture(components=(5,), max_iter=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sampler.fit(two_clusters(), seed=0)
    assert not sampler.converged[0]


@pytest.mark.parametrize(
    ("latents", "said"),
    [
        (np.zeros((2, 2)), "needs at least 3 latents"),
        (np.full((9, 2), np.nan), "not finite"),
        (np.zeros((9, 4)), "takes latents"),
    ],
)
def test_latents_that_cannot_be_fitted_are_refused(latents: np.ndarray, said: str) -> None:
    with pytest.raises(vaereg.DataError, match=said):
        mixture().fit(latents, seed=0)


def test_equal_latents_are_fitted_all_the_same() -> None:
    sampler = mixture()
    sampler.fit(np.ones((30, 2)), seed=0)
    np.testing.assert_allclose(sampler.sample(10, seed=0), 1.0, atol=0.02)


def test_sampling_before_a_fit_and_foreign_states_are_refused() -> None:
    with pytest.raises(vaereg.RunError, match="is not fitted yet"):
        mixture().sample(1, seed=0)
    with pytest.raises(vaereg.RunError, match="another sampler"):
        mixture().restore({"codebook": np.ones(1)})
    fitted = mixture()
    fitted.fit(two_clusters(), seed=0)
    with pytest.raises(vaereg.RunError, match="must have shape"):
        mixture((3,)).restore(fitted.state())


def test_the_prior_sampler_draws_from_the_prior() -> None:
    prior = StandardNormal(NoParams(), vaereg.BuildContext(name="prior", latent_shape=(3,)))
    sampler = Prior(NoParams(), vaereg.BuildContext(name="s", latent_shape=(3,), prior=prior))
    drawn = sampler.sample(4_000, seed=0)
    assert drawn.shape == (4_000, 3)
    assert drawn.dtype == np.float32
    np.testing.assert_allclose(drawn.mean(axis=0), 0, atol=0.06)
    np.testing.assert_allclose(drawn.std(axis=0), 1, atol=0.05)
    np.testing.assert_array_equal(drawn, sampler.sample(4_000, seed=0))
    assert sampler.state() == {}
    with pytest.raises(vaereg.RunError):
        sampler.restore({"weights": np.ones(1)})
