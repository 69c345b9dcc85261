"""The metric likelihood_bound on a model whose log p(x) is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import vaereg
from tests.helpers.made_evidence import made_evidence
from tests.helpers.made_model import MadeModel
from vaereg.basics.metrics.declared import LikelihoodBoundParams
from vaereg.basics.metrics.likelihood_bound import LikelihoodBound
from vaereg.evaluation.scores.intervals import variance_of

NOISE = 0.5
"""x given z is N(z, NOISE^2) and z is N(0, 1), so x is N(0, 1 + NOISE^2)."""

X = np.random.default_rng(1).normal(scale=np.sqrt(1 + NOISE**2), size=(400, 1))
TRUE_MEAN, TRUE_SD = X[:, 0] / (1 + NOISE**2), NOISE / np.sqrt(1 + NOISE**2)


def toy(mean: np.ndarray, sd: float) -> MadeModel:
    """The toy model with q(z given x) = N(mean, sd^2)."""

    def log_weights(samples: int, examples: int) -> np.ndarray:
        x, m = X[:examples, 0], mean[:examples]
        z = m + sd * np.random.default_rng(0).normal(size=(samples, len(x)))
        log_p = stats.norm.logpdf(z) + stats.norm.logpdf(x, z, NOISE)
        return (log_p - stats.norm.logpdf(z, m, sd)).astype(np.float32)

    return MadeModel(weights=log_weights)


def measured(model: MadeModel | None, **params: int) -> dict[str, vaereg.Measured]:
    thorough = bool(params.pop("thorough", 0))
    metric = LikelihoodBound(LikelihoodBoundParams(**params), vaereg.BuildContext(name="bound"))
    return metric(made_evidence(X, X, model=model, thorough=thorough))


def log_likelihood(examples: int) -> float:
    return float(stats.norm.logpdf(X[:examples, 0], scale=np.sqrt(1 + NOISE**2)).mean())


def test_both_bounds_are_the_likelihood_where_the_posterior_is_true() -> None:
    scores = measured(toy(TRUE_MEAN, TRUE_SD))

    for name in ("elbo", "iwae"):
        np.testing.assert_allclose(scores[name].value, log_likelihood(400), atol=1e-5)
    np.testing.assert_allclose(scores["inference_gap"].value, 0.0, atol=1e-5)


def test_the_elbo_is_short_of_the_likelihood_by_the_divergence_of_the_posterior() -> None:
    mean, sd = TRUE_MEAN + 0.1, 1.3 * TRUE_SD
    kl = np.log(1 / 1.3) + (1.3**2 + (0.1 / TRUE_SD) ** 2 - 1) / 2

    score = measured(toy(mean, sd), samples_quick=4000)["elbo"]

    np.testing.assert_allclose(score.value, log_likelihood(400) - kl, atol=5e-3)  # 1.6e6 draws


def test_more_draws_bring_the_bound_up_to_the_likelihood() -> None:
    model = toy(TRUE_MEAN + 0.3, 1.5 * TRUE_SD)
    bounds = [measured(model, samples_quick=k)["iwae"].value for k in (1, 4, 32, 2000)]

    assert np.all(np.diff(bounds) > 0)
    np.testing.assert_allclose(bounds[-1], log_likelihood(400), atol=5e-3)


def test_one_draw_gives_the_elbo() -> None:
    scores = measured(toy(TRUE_MEAN + 0.3, TRUE_SD), samples_quick=1)

    np.testing.assert_allclose(scores["iwae"].value, scores["elbo"].value, rtol=1e-12)


def test_the_gap_is_between_the_two_on_the_same_draws() -> None:
    scores = measured(toy(TRUE_MEAN + 0.3, TRUE_SD))

    gap = scores["iwae"].influence_of_real - scores["elbo"].influence_of_real
    np.testing.assert_allclose(scores["inference_gap"].influence_of_real, gap)
    assert gap.min() >= -1e-9


def test_weights_of_thousands_of_nats_do_not_overflow() -> None:
    model = MadeModel(weights=lambda k, e: np.tile(np.linspace(-9e3, -8e3, k)[:, None], e))
    scores = measured(model, samples_quick=2)

    np.testing.assert_allclose(scores["iwae"].value, -8e3 - np.log(2))
    np.testing.assert_allclose(scores["elbo"].value, -8500)


def test_influences_are_those_of_the_examples_looked_at() -> None:
    score = measured(toy(TRUE_MEAN, TRUE_SD), examples_quick=150)["elbo"]

    assert score.sample_size == 150
    assert score.influence_of_generated is None
    assert score.influence_of_real.shape == score.values.shape == (150,)
    wanted = np.var(stats.norm.logpdf(X[:150, 0], scale=np.sqrt(1 + NOISE**2)), ddof=1) / 150
    np.testing.assert_allclose(variance_of(score), wanted, rtol=1e-4)


def test_whoever_waits_gets_more_draws_and_examples() -> None:
    asked: list[tuple[int, int]] = []

    def weights(samples: int, examples: int) -> np.ndarray:
        asked.append((samples, examples))
        return np.zeros((samples, examples))

    model = MadeModel(weights=weights)
    measured(model, examples_quick=100)
    measured(model, examples_quick=100, thorough=True)

    assert asked == [(64, 100), (500, 400)]  # there are 400 examples and no more


@pytest.mark.parametrize("model", [None, MadeModel(deterministic=True)])
def test_without_a_density_there_is_no_bound(model: MadeModel | None) -> None:
    assert measured(model) == {}


def test_weights_that_are_not_finite_are_reported() -> None:
    def weights(samples: int, examples: int) -> np.ndarray:
        log_w = np.zeros((samples, examples))
        log_w[3, 7] = np.nan
        return log_w

    with pytest.raises(vaereg.DataError, match=r"held-out examples: 1 of 400 .* number 7"):
        measured(MadeModel(weights=weights))


def test_densities_that_are_bounds_are_told() -> None:
    model = toy(TRUE_MEAN, TRUE_SD)
    model.bounds = ("prior", "likelihood")

    for score in measured(model).values():
        assert score.detail == (
            "the density of the prior and of the likelihood is a lower bound itself"
        )
    assert not any(score.detail for score in measured(toy(TRUE_MEAN, TRUE_SD)).values())
