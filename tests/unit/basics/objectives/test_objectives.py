"""The objectives on a model whose log p(x) is known: z ~ N(0, 1), x given z ~ N(z, 1)."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops
from scipy import stats

import vaereg
from vaereg.basics.objectives.declared import ElboParams, IwaeParams
from vaereg.basics.objectives.elbo import Elbo
from vaereg.basics.objectives.iwae import Iwae

CONTEXT = vaereg.BuildContext(name="objective")
X = 1.3
LOG_P = stats.norm.logpdf(X, 0.0, np.sqrt(2.0))  # the marginal is N(0, 2)
Q_MEAN, Q_SCALE = 0.2, 1.0  # the true posterior is N(0.65, 1/2)


def bound(samples: int, batch: int, kl: bool = True, beta: float = 1.0) -> vaereg.Bound:
    z = np.random.default_rng(samples).normal(Q_MEAN, Q_SCALE, size=(samples, batch))
    densities = (
        stats.norm.logpdf(X, z, 1.0),
        stats.norm.logpdf(z, 0.0, 1.0),
        stats.norm.logpdf(z, Q_MEAN, Q_SCALE),
    )
    closed = 0.5 * (Q_MEAN**2 + Q_SCALE**2 - 1.0) - np.log(Q_SCALE)
    return vaereg.Bound(
        *(ops.convert_to_tensor(d.astype("float32")) for d in densities),
        ops.full((batch, 1), closed) if kl else None,
        beta,
    )


def iwae_loss(samples: int, batch: int = 40_000) -> float:
    objective = Iwae(IwaeParams(samples=samples), CONTEXT)
    return float(ops.mean(objective(bound(samples, batch))["iwae"]))


def test_the_importance_weighted_bound_tightens_with_k_towards_log_p() -> None:
    bounds = [-iwae_loss(samples) for samples in (1, 2, 5, 50)]
    assert bounds[0] < bounds[1] < bounds[2] < bounds[3]
    assert bounds[3] < LOG_P + 3e-3  # the standard error of 40,000 draws
    assert bounds[3] == pytest.approx(LOG_P, abs=0.02)


def test_with_one_sample_it_is_the_elbo_on_average() -> None:
    given = bound(1, 40_000)
    terms = Elbo(ElboParams(), CONTEXT)(given)
    elbo_loss = float(ops.mean(terms["reconstruction"] + ops.sum(terms["kl"], axis=1)))
    assert iwae_loss(1) == pytest.approx(elbo_loss, abs=0.01)


def test_with_one_sample_it_is_the_log_weight_itself() -> None:
    given = bound(1, 5, beta=0.5)
    found = Iwae(IwaeParams(samples=1), CONTEXT)(given)["iwae"]
    wanted = given.log_likelihood + 0.5 * (given.log_prior - given.log_posterior)
    np.testing.assert_allclose(
        ops.convert_to_numpy(found), -ops.convert_to_numpy(wanted)[0], rtol=1e-6
    )


def test_the_elbo_averages_its_samples() -> None:
    given = bound(4, 3)
    found = Elbo(ElboParams(samples=4), CONTEXT)(given)["reconstruction"]
    wanted = -ops.convert_to_numpy(given.log_likelihood).mean(axis=0)
    np.testing.assert_allclose(ops.convert_to_numpy(found), wanted, rtol=1e-6)


def test_a_deterministic_posterior_has_no_divergence() -> None:
    assert set(Elbo(ElboParams(), CONTEXT)(bound(1, 3, kl=False))) == {"reconstruction"}


@pytest.mark.parametrize("objective", [Elbo(ElboParams(), CONTEXT), Iwae(IwaeParams(), CONTEXT)])
def test_losses_are_per_example_and_do_not_scale_with_the_batch(objective: object) -> None:
    small, large = (
        sum(float(ops.mean(term)) for term in objective(bound(5, n)).values())
        for n in (2_000, 8_000)
    )
    assert large == pytest.approx(small, rel=0.05)
    for term in objective(bound(5, 7)).values():
        assert term.shape[0] == 7


def test_huge_log_weights_do_not_overflow() -> None:
    given = bound(5, 3)._replace(log_likelihood=ops.full((5, 3), -1e5))
    assert np.isfinite(ops.convert_to_numpy(Iwae(IwaeParams(), CONTEXT)(given)["iwae"])).all()
