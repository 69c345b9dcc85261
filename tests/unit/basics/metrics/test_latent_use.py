"""The metric latent_use on latents with a known number of active dimensions."""

from __future__ import annotations

import numpy as np
import pytest

import vaereg
from tests.helpers.made_evidence import made_evidence
from tests.helpers.made_model import MadeModel
from vaereg.basics.metrics.latent_use import LatentUse
from vaereg.evaluation.scores.intervals import interval

EXAMPLES = np.zeros((200, 2))


VARIED = np.random.default_rng(7).normal(size=(200, 2))


def measured(
    model: MadeModel | None,
    real: np.ndarray = EXAMPLES,
    reconstructed: np.ndarray | None = None,
) -> dict[str, vaereg.Measured]:
    metric = LatentUse(None, vaereg.BuildContext(name="latent_use"))
    return metric(made_evidence(real, EXAMPLES, reconstructed=reconstructed, model=model))


def gaussian(mean: np.ndarray, sd: np.ndarray) -> MadeModel:
    """A model with a diagonal Gaussian posterior and a standard normal prior."""
    kl = 0.5 * (mean**2 + sd**2 - 1) - np.log(sd)
    return MadeModel(real_mean=mean, real_log_var=2 * np.log(sd), kl=kl)


def partly_used() -> MadeModel:
    """Five dimensions: two carry the data, one hardly moves, two equal the prior."""
    mean = np.random.default_rng(0).normal(size=(200, 5)) * [1.0, 0.5, 0.08, 0.0, 0.0]
    return gaussian(mean, np.broadcast_to([0.1, 0.5, 0.99, 1.0, 1.0], mean.shape))


def test_dimensions_that_move_with_the_data_are_active() -> None:
    scores = measured(partly_used())

    assert scores["active_units"].value == 2
    assert scores["active_share"].value == 0.4
    assert interval(scores["active_units"]) is None  # a count of dimensions, not of examples


def test_dimensions_that_equal_the_prior_have_collapsed() -> None:
    assert measured(partly_used())["collapsed_share"].value == 0.4


def test_a_dimension_used_by_one_example_in_fifty_has_not_collapsed() -> None:
    mean = np.zeros((200, 2))
    mean[:4, 0] = 3.0
    mean[:2, 1] = 3.0

    assert measured(gaussian(mean, np.ones((200, 2))))["collapsed_share"].value == 0.5


def test_the_divergence_is_summed_over_the_latent_and_averaged_over_examples() -> None:
    model = gaussian(np.full((200, 3), 2.0), np.full((200, 3), 0.5))
    score = measured(model)["kl"]

    np.testing.assert_allclose(score.value, 3 * (0.5 * (4 + 0.25 - 1) + np.log(2)))
    assert score.influence_of_real.shape == (200,)


def test_a_divergence_that_is_not_known_by_dimension_says_nothing_of_collapse() -> None:
    model = partly_used()
    model.kl = model.kl.sum(axis=1, keepdims=True)

    assert set(measured(model)) == {"kl", "active_units", "active_share"}


def test_a_point_has_active_units_and_no_divergence() -> None:
    model = MadeModel(deterministic=True, real_mean=partly_used().real_mean)

    assert set(measured(model)) == {"active_units", "active_share"}


def test_without_a_model_there_are_no_scores() -> None:
    assert measured(None) == {}


@pytest.mark.parametrize(
    ("reconstructed", "expected"),
    [(VARIED, 1.0), (0.5 * VARIED + 3.0, 0.25), (np.ones((200, 2)), 0.0)],
)
def test_equal_reconstructions_have_no_variance(reconstructed: np.ndarray, expected: float) -> None:
    score = measured(partly_used(), VARIED, reconstructed)["reconstructed_variance"]

    np.testing.assert_allclose(score.value, expected, atol=1e-12)


def test_the_scores_measured_are_those_declared() -> None:
    assert set(measured(partly_used(), VARIED)) == set(LatentUse.scores)


def test_the_order_of_examples_makes_no_difference() -> None:
    model, order = partly_used(), np.random.default_rng(3).permutation(200)
    moved = MadeModel(real_mean=model.real_mean[order], kl=model.kl[order])
    first, second = measured(model), measured(moved)

    for name, score in first.items():
        np.testing.assert_allclose(second[name].value, score.value, rtol=1e-12)


def test_a_single_example_has_no_variance() -> None:
    with pytest.raises(vaereg.DataError, match="needs at least 2; got 1"):
        measured(gaussian(np.zeros((1, 2)), np.ones((1, 2))))


@pytest.mark.parametrize("which", ["real_mean", "kl"])
def test_values_that_are_not_finite_are_reported(which: str) -> None:
    model = partly_used()
    getattr(model, which)[5, 1] = np.nan

    with pytest.raises(vaereg.DataError, match=r"1 of 200 .* number 5"):
        measured(model)
