"""The metric aggregate_posterior on a model whose aggregate posterior is known."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

import vaereg
from tests.helpers.made_evidence import made_evidence
from tests.helpers.made_model import MadeModel
from vaereg.basics.metrics import aggregate_posterior as module
from vaereg.basics.metrics.aggregate_posterior import AggregatePosterior
from vaereg.evaluation.scores.intervals import interval, variance_of

TRAIN, HELD_OUT, DRAWS, SIZE = 800, 500, 600, 3
MEAN_SD, POSTERIOR_SD = 0.8, 0.6
"""q(z) is N(0, 0.8^2 + 0.6^2) = N(0, 1) along each dimension."""


def normal(n: int, seed: int, size: int = SIZE) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, size))


def matched(seed: int = 0, **other: object) -> MadeModel:
    """A model whose aggregate posterior is the prior N(0, 1), but for what is given."""
    log_var = 2 * np.log(POSTERIOR_SD)
    model = MadeModel(
        latents=normal(DRAWS, seed),
        prior_latents=normal(DRAWS, seed + 1000),
        real_mean=MEAN_SD * normal(HELD_OUT, seed + 2000),
        real_log_var=np.full((HELD_OUT, SIZE), log_var),
        train_mean=MEAN_SD * normal(TRAIN, seed + 3000),
        train_log_var=np.full((TRAIN, SIZE), log_var),
    )
    return attrs.evolve(model, **other)


def point(seed: int = 0, **other: object) -> MadeModel:
    """The same without noise: the codes themselves are N(0, 1)."""
    codes = {
        "real_mean": normal(HELD_OUT, seed + 2000),
        "train_mean": normal(TRAIN, seed + 3000),
        "real_log_var": None,
        "train_log_var": None,
    }
    return matched(seed, deterministic=True, **{**codes, **other})


def measured(model: MadeModel | None, seed: int = 0) -> dict[str, vaereg.Measured]:
    metric = AggregatePosterior(None, vaereg.BuildContext(name="aggregate_posterior"))
    examples = np.zeros((4, 2))
    return metric(made_evidence(examples, examples, model=model, seed=seed))


# ---- the values ----


@pytest.mark.parametrize("made", [matched, point])
def test_a_prior_that_fits_has_neither_gap_nor_holes(made) -> None:
    scores = measured(made())

    assert set(scores) == set(AggregatePosterior.scores)
    assert abs(scores["latent_gap"].value) < 0.04
    assert abs(scores["latent_mmd"].value) < 0.004
    assert scores["hole_rate"].value < 0.04
    assert scores["prior_hole_rate"].value < 0.04


def test_the_hole_rate_of_draws_of_the_aggregate_is_one_percent_on_average() -> None:
    rates = [measured(matched(seed))["hole_rate"].value for seed in range(12)]

    # Each has a standard deviation of about 0.6 %, most of it the threshold's.
    np.testing.assert_allclose(np.mean(rates), 0.01, atol=0.006)


@pytest.mark.parametrize("made", [matched, point])
def test_the_gap_is_that_of_means_and_deviations(made) -> None:
    mean, sd = 0.7, 1.5
    scores = measured(made(prior_latents=mean + sd * normal(4000, 7)))

    wanted = SIZE * (mean**2 + (sd - 1) ** 2)
    # 800 codes tell each mean to 0.035 and 4,000 draws to 0.024, times 2 x 0.7 and the root of 3.
    np.testing.assert_allclose(scores["latent_gap"].value, wanted, atol=0.3)


def gap(model: MadeModel, seed: int = 0) -> vaereg.Measured:
    """latent_gap alone."""
    rng = np.random.default_rng(seed)
    return module._gap(model.train_mean, np.exp(model.train_log_var), model.prior_latents, rng)


def test_the_moments_of_the_aggregate_are_in_closed_form() -> None:
    """Exactly: draws that have the moments of the mixture leave no sampling noise."""
    model = matched()
    centre = model.train_mean.mean(axis=0)
    covariance = np.cov(model.train_mean.T, bias=True) + POSTERIOR_SD**2 * np.eye(SIZE)
    z = normal(200_000, 5)
    z = (z - z.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(z.T))).T
    model.prior_latents = centre + z @ np.linalg.cholesky(covariance).T

    assert abs(gap(model).value) < 1e-4


def test_the_noise_of_the_draws_is_taken_out_of_the_gap() -> None:
    d = 24
    gaps = [
        gap(
            MadeModel(
                train_mean=MEAN_SD * normal(40_000, seed, d),
                train_log_var=np.full((40_000, d), 2 * np.log(POSTERIOR_SD)),
                prior_latents=normal(600, seed + 50, d),
            )
        ).value
        for seed in range(5)
    ]

    left_in = d * (d + 5) / (4 * 600)
    assert abs(np.mean(gaps)) < 0.15 * left_in


def test_a_sampler_off_the_aggregate_falls_into_holes_that_the_prior_does_not() -> None:
    scores = measured(matched(latents=4.0 + normal(DRAWS, 0)))

    assert scores["hole_rate"].value > 0.9
    assert scores["prior_hole_rate"].value < 0.04


def test_a_prior_off_the_aggregate_falls_into_holes_that_a_fitted_sampler_does_not() -> None:
    """Codes on a ring, as a narrow posterior leaves them; the prior fills its middle."""
    angle = np.random.default_rng(0).uniform(0, 2 * np.pi, size=(3, TRAIN))
    ring = 2.0 * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    model = MadeModel(
        train_mean=ring[0],
        train_log_var=np.full((TRAIN, 2), -4.0),
        real_mean=ring[1],
        real_log_var=np.full((TRAIN, 2), -4.0),
        latents=ring[2] + np.exp(-2.0) * normal(TRAIN, 1, 2),
        prior_latents=normal(TRAIN, 2, 2),
    )
    scores = measured(model)

    assert scores["hole_rate"].value < 0.04
    # Within 3 deviations of the ring, 1.6 < r < 2.4, lies exp(-1.28) - exp(-2.88) of the prior.
    np.testing.assert_allclose(scores["prior_hole_rate"].value, 1 - 0.222, atol=0.07)


def test_the_log_density_of_each_latent_is_kept() -> None:
    scores = measured(matched())
    score = scores["hole_rate"]

    density = -0.5 * np.sum(matched().latents ** 2 + np.log(2 * np.pi), axis=1)
    near = np.sum(matched().latents ** 2, axis=1) < 4  # where 800 codes fill the space well
    np.testing.assert_allclose(score.values[near], density[near], atol=0.6)
    assert (
        score.values[score.influence_of_generated == 1].max()
        < score.values[score.influence_of_generated == 0].min()
    )


# ---- what is left out ----


def test_without_a_model_there_are_no_scores() -> None:
    assert measured(None) == {}


def test_a_posterior_of_unknown_form_has_no_density() -> None:
    assert measured(matched(real_log_var=None, train_log_var=None)) == {}


def test_samples_from_the_prior_have_one_hole_rate() -> None:
    model = matched()
    model.latents = model.prior_latents.copy()

    assert set(measured(model)) == {"latent_gap", "latent_mmd", "hole_rate"}


def test_a_very_wide_latent_has_no_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_DIMENSIONS", 2)

    assert set(measured(matched())) == {"latent_mmd", "hole_rate", "prior_hole_rate"}


# ---- intervals ----


def test_the_interval_of_a_hole_rate_covers_the_noise_of_its_threshold() -> None:
    def log_density(z: np.ndarray) -> np.ndarray:
        return -0.5 * np.sum(z**2, axis=1)

    runs = [
        module._holes(log_density(1.0 + normal(1000, s)), log_density(normal(800, s + 999)))
        for s in range(200)
    ]

    spread = np.std([run.value for run in runs], ddof=1)
    error = np.mean([variance_of(run) ** 0.5 for run in runs])
    from_samples = np.mean(
        [np.std(run.influence_of_generated, ddof=1) / np.sqrt(1000) for run in runs]
    )
    assert 0.8 < error / spread < 1.25  # few examples determine the density at the threshold
    assert from_samples < 0.5 * spread


def test_no_hole_among_the_samples_gives_the_interval_of_a_share() -> None:
    score = measured(matched(latents=0.1 * normal(DRAWS, 0)))["hole_rate"]

    assert score.value == 0
    low, high = interval(score)
    assert abs(low) < 1e-12
    assert 0.001 < high < 0.01


def test_the_interval_of_the_gap_is_that_of_the_prior_draws() -> None:
    model = matched()
    runs = [
        gap(attrs.evolve(model, prior_latents=0.5 + normal(400, s)), seed=s) for s in range(200)
    ]

    spread = np.std([run.value for run in runs], ddof=1)
    error = np.mean([variance_of(run) ** 0.5 for run in runs])
    assert 0.85 < error / spread < 1.15  # 200 runs tell a standard deviation to 5 %


def test_pairs_are_limited_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PAIRS", 100)
    score = measured(matched())["latent_mmd"]

    assert score.sample_size == len(score.influence_of_generated) == 100


# ---- order, seeds and faults ----


@pytest.mark.parametrize("made", [matched, point])
def test_the_order_of_examples_makes_no_difference(made) -> None:
    model = made()
    rng = np.random.default_rng(5)
    orders = {"train": TRAIN, "real": HELD_OUT, "latents": DRAWS, "prior": DRAWS}
    orders = {name: rng.permutation(n) for name, n in orders.items()}
    moved = {
        name: getattr(model, name)[orders[name.split("_")[0]]]
        for name in attrs.asdict(model)
        if isinstance(getattr(model, name), np.ndarray)
    }
    first, second = measured(model), measured(attrs.evolve(model, **moved))

    for name, score in first.items():
        np.testing.assert_allclose(second[name].value, score.value, rtol=1e-9, atol=1e-12)


def test_the_rounding_of_codes_makes_no_difference_to_the_draws() -> None:
    model = matched()
    jitter = 1 + 1e-7 * np.sign(normal(TRAIN, 6))
    first, second = (
        measured(model),
        measured(attrs.evolve(model, train_mean=model.train_mean * jitter)),
    )

    for name, score in first.items():
        np.testing.assert_allclose(second[name].value, score.value, rtol=1e-4, atol=1e-7)


def test_equal_seeds_give_equal_scores_and_others_others() -> None:
    first, again, other = (measured(matched(), seed) for seed in (0, 0, 1))

    assert all(first[name].value == again[name].value for name in first)
    assert first["latent_mmd"].value != other["latent_mmd"].value


def test_a_collapsed_model_has_finite_scores() -> None:
    """Every q(z given x) is the prior."""
    scores = measured(
        matched(
            train_mean=np.zeros((TRAIN, SIZE)),
            train_log_var=np.zeros((TRAIN, SIZE)),
            real_mean=np.zeros((HELD_OUT, SIZE)),
            real_log_var=np.zeros((HELD_OUT, SIZE)),
        )
    )

    assert abs(scores["latent_gap"].value) < 0.02
    assert scores["hole_rate"].value < 0.04


def test_points_that_are_all_equal_have_finite_scores() -> None:
    scores = measured(point(train_mean=np.ones((TRAIN, SIZE)), real_mean=np.ones((HELD_OUT, SIZE))))

    assert scores["hole_rate"].value == 1
    assert all(np.isfinite(score.value) for score in scores.values())


@pytest.mark.parametrize(
    "which",
    ["latents", "prior_latents", "real_mean", "real_log_var", "train_mean", "train_log_var"],
)
def test_values_that_are_not_finite_are_reported(which: str) -> None:
    model = matched()
    getattr(model, which)[7, 1] = np.nan

    with pytest.raises(vaereg.DataError, match=r"1 of \d+ .* number 7"):
        measured(model)


def test_too_few_draws_are_reported() -> None:
    with pytest.raises(vaereg.DataError, match=r"draws from the prior.* at least 4 of them; got 1"):
        measured(matched(prior_latents=np.zeros((1, SIZE))))
