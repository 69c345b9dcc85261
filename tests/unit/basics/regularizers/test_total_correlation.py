"""The regularizer total_correlation against explicit sums in numpy."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops
from scipy import stats
from scipy.special import logsumexp

import vaereg
from vaereg.basics.regularizers.total_correlation import TotalCorrelation
from vaereg.component import NoParams
from vaereg.testing.stand_ins.step import StandInStep

CONTEXT = vaereg.BuildContext(name="total_correlation", latent_shape=(3,))


def gaussians(n: int, *shape: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(n)
    mean, log_var = rng.normal(size=(2, n, *shape))
    z = mean + np.exp(0.5 * log_var) * rng.normal(size=(n, *shape))
    return tuple(a.astype("float32") for a in (z, mean, log_var))


def measured(z: object, mean: object, log_var: object, dataset_size: int = 1000) -> object:
    latent = vaereg.Latent(*(ops.convert_to_tensor(a) for a in (z, mean, log_var)))
    step = StandInStep(ops.zeros((len(z), 2)), latent, dataset_size=dataset_size)
    return TotalCorrelation(NoParams(), CONTEXT)(step)


def brute_force(
    z: np.ndarray, mean: np.ndarray, log_var: np.ndarray, dataset_size: int
) -> list[float]:
    z, mean, log_var = (a.reshape(len(a), -1).astype("float64") for a in (z, mean, log_var))
    count, size = z.shape
    values = []
    for row in z:
        density = stats.norm.logpdf(row, mean, np.exp(0.5 * log_var))  # (M, d)
        log_nm = np.log(dataset_size * count)
        joint = logsumexp(density.sum(axis=1)) - log_nm
        marginals = sum(logsumexp(density[:, j]) - log_nm for j in range(size))
        values.append(joint - marginals)
    return values


@pytest.mark.parametrize("shape", [(3,), (2, 2, 1)])
def test_it_equals_the_sums_written_out(shape: tuple[int, ...]) -> None:
    z, mean, log_var = gaussians(7, *shape)
    values = ops.convert_to_numpy(measured(z, mean, log_var, 500))
    assert values.shape == (7,)
    np.testing.assert_allclose(values, brute_force(z, mean, log_var, 500), rtol=1e-4)


def test_correlated_latents_have_more_of_it_than_the_same_latents_shuffled() -> None:
    rng = np.random.default_rng(0)
    shared = rng.normal(size=(64, 1))
    mean = np.repeat(shared, 2, axis=1).astype("float32")
    shuffled = np.stack([mean[:, 0], rng.permutation(mean[:, 1])], axis=1)
    log_var = np.full_like(mean, -4.0)
    together, apart = (float(ops.mean(measured(m, m, log_var, 64))) for m in (mean, shuffled))
    assert together > apart + 1.0


def test_a_gradient_reaches_the_mean_and_the_log_variance() -> None:
    z, mean, log_var = gaussians(5, 2)
    given = np.stack([mean, log_var]).astype("float32")

    def value(both: object) -> object:
        mean, log_var = both[0], both[1]
        latent = vaereg.Latent(ops.convert_to_tensor(z), mean, log_var)
        step = StandInStep(ops.zeros((5, 2)), latent, dataset_size=100)
        return TotalCorrelation(NoParams(), CONTEXT)(step)

    found = ops.convert_to_numpy(vaereg.gradient(value, ops.convert_to_tensor(given)))
    for which in (0, 1):
        moved = given.astype("float64")
        ends = []
        for shift in (1e-4, -1e-4):
            moved = given.astype("float64")
            moved[which, 3, 1] += shift
            ends.append(sum(brute_force(z, moved[0], moved[1], 100)))
        assert found[which, 3, 1] == pytest.approx((ends[0] - ends[1]) / 2e-4, rel=1e-3, abs=1e-4)


def test_a_posterior_without_a_variance_is_refused() -> None:
    step = StandInStep(ops.zeros((2, 2)), ops.zeros((2, 3)))
    with pytest.raises(ValueError, match="log variance"):
        TotalCorrelation(NoParams(), CONTEXT)(step)
