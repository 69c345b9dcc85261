"""Scores of reconstructions, and what sampling adds: closed forms and leaving examples out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.helpers.made_evidence import MadeEvidence, made_evidence
from tests.helpers.metric_scores import built, scores, values
from vaereg.basics.metrics.formulas.cubic_discrepancy import cubic_discrepancy
from vaereg.basics.metrics.formulas.frechet_between_gaussians import frechet_distance
from vaereg.basics.metrics.formulas.streaming_covariance import StreamingCovariance

TWINS = {
    "frechet": ["frechet_distance", "frechet_distance_relative"],
    "kernel": ["kernel_distance"],
    "prdc": ["precision", "recall", "density", "coverage"],
    "one_nearest_neighbour": ["nn_accuracy_generated", "nn_accuracy_real"],
}
"""By metric: the scores that are measured of reconstructions too."""


def points(n: int, d: int = 6, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)


def between(metric: str, real: np.ndarray, generated: np.ndarray) -> dict[str, float]:
    """The scores of samples."""
    return values(metric, made_evidence(real, generated))


def frechet(real: np.ndarray, generated: np.ndarray) -> float:
    moments = [StreamingCovariance(real.shape[1]).update(each) for each in (real, generated)]
    return frechet_distance(*moments)


def kernel(real: np.ndarray, generated: np.ndarray) -> float:
    """With a fixed centre and scale, which influences do not follow."""
    return cubic_discrepancy(real, generated).value


@pytest.mark.parametrize("metric", TWINS)
def test_reconstructions_are_measured_as_samples_are(metric: str) -> None:
    real = points(120)
    evidence = made_evidence(real, points(120, seed=1), reconstructed=0.7 * real + 0.1)
    halves = evidence.halves

    found = values(metric, evidence)

    expected = between(metric, real[halves.b], 0.7 * real[halves.a] + 0.1)
    for name in TWINS[metric]:
        assert found[f"{name}_reconstructed"] == pytest.approx(expected[name], rel=1e-5), name


@pytest.mark.parametrize("metric", TWINS)
def test_a_perfect_decoder_reaches_the_reference(metric: str) -> None:
    real = points(120)
    model = made_evidence(real, points(120, seed=1), reconstructed=real.copy())
    reference = made_evidence(real, points(90, seed=2), unseen=np.ones(90, bool))

    found, expected = values(metric, model), values(metric, reference)

    for name in TWINS[metric]:
        assert found[f"{name}_reconstructed"] == expected[f"{name}_reconstructed"], name


def test_a_shift_by_the_decoder_costs_its_square() -> None:
    real = points(4_000)
    shift = np.array([1.0, 0.0, -2.0, 0.0, 0.0, 0.0])
    found = values(
        "frechet", made_evidence(real, points(4_000, seed=1), reconstructed=real + shift)
    )

    assert found["frechet_distance_reconstructed"] == pytest.approx(5.0, abs=0.3)
    assert found["frechet_distance"] < 0.02
    # Samples are right, so drawing them takes away what the decoder does wrong.
    assert found["frechet_distance_added_by_prior"] == pytest.approx(-5.0, abs=0.3)


@pytest.mark.parametrize("metric", ["frechet", "kernel"])
def test_what_the_decoder_and_what_the_prior_does_wrong_add_up(metric: str) -> None:
    real = points(200)
    evidence = made_evidence(real, 0.5 * points(200, seed=1) + 2.0, reconstructed=0.8 * real + 0.5)
    halves = evidence.halves
    name = f"{metric}_distance"

    found = values(metric, evidence)

    of_samples = between(metric, real[halves.b], evidence.generated[halves.drawn])[name]
    assert found[f"{name}_reconstructed"] + found[f"{name}_added_by_prior"] == pytest.approx(
        of_samples, rel=1e-5
    )
    assert found[f"{name}_added_by_prior"] > found[f"{name}_reconstructed"] > 0.0


@pytest.mark.parametrize(("metric", "distance"), [("frechet", frechet), ("kernel", kernel)])
def test_influences_agree_with_leaving_examples_out(
    metric: str, distance: Callable[[np.ndarray, np.ndarray], float]
) -> None:
    real = points(240, d=3)
    evidence = made_evidence(
        real, 0.6 * points(260, d=3, seed=1) + 0.5, reconstructed=0.7 * real - 0.4
    )
    halves = evidence.halves
    b = real[halves.b].astype(float)
    centre, scale = b.mean(axis=0), np.sqrt(b.var(axis=0, ddof=1).mean())
    a, b, drawn = (
        (each - centre) / scale if metric == "kernel" else each
        for each in (evidence.reconstructed[halves.a], b, evidence.generated[halves.drawn])
    )

    def jackknife(score: Callable[[np.ndarray], float], rows: np.ndarray) -> np.ndarray:
        """n times how much each row moves the score, centred."""
        without = np.array([score(np.delete(rows, i, axis=0)) for i in range(len(rows))])
        found: np.ndarray = (len(rows) - 1) * (without.mean() - without)
        return found

    found = scores(metric, evidence)

    twin = found[f"{metric}_distance_reconstructed"]
    added = found[f"{metric}_distance_added_by_prior"]
    expected = {
        "a": (twin, halves.a, jackknife(lambda x: distance(b, x), a)),
        "b": (twin, halves.b, jackknife(lambda x: distance(x, a), b)),
        "added a": (added, halves.a, jackknife(lambda x: -distance(b, x), a)),
        "added b": (
            added,
            halves.b,
            jackknife(lambda x: distance(x, drawn) - distance(x, a), b),
        ),
    }
    for name, (score, rows, left_out) in expected.items():
        # An example of a half counts twice as much as one of the whole.
        predicted = score.influence_of_real[rows] / 2
        assert np.corrcoef(predicted, left_out)[0, 1] > 0.95, name
        assert predicted.std() == pytest.approx(left_out.std(), rel=0.15), name
    left_out = jackknife(lambda x: distance(b, x), drawn)
    predicted = added.influence_of_generated[halves.drawn] * (120 / 260)
    assert np.corrcoef(predicted, left_out)[0, 1] > 0.95
    assert predicted.std() == pytest.approx(left_out.std(), rel=0.15)
    assert len(added.influence_of_generated) == 260
    assert np.count_nonzero(added.influence_of_generated) == 120
    assert twin.influence_of_generated is None


def test_two_draws_of_one_model_are_rarely_distinguished() -> None:
    rng = np.random.default_rng(0)
    alarms, shifts, predicted = [], [], []
    for _ in range(80):
        real = rng.normal(size=(200, 8))
        one, two = (
            scores("frechet", draw)["frechet_distance_added_by_prior"]
            for draw in (
                made_evidence(real, 0.7 * rng.normal(size=(200, 8)), reconstructed=0.8 * real)
                for _ in range(2)
            )
        )
        variance = sum(np.var(each.influence_of_generated, ddof=1) / 200 for each in (one, two))
        variance += np.var(two.influence_of_real - one.influence_of_real, ddof=1) / 200
        shifts.append(two.value - one.value)
        predicted.append(variance)
        alarms.append(abs(shifts[-1]) > 1.96 * np.sqrt(variance))

    assert np.mean(alarms) <= 0.1
    assert 0.5 < np.std(shifts) / np.sqrt(np.mean(predicted)) < 1.25


def test_a_share_of_reconstructions_keeps_zeros_and_ones() -> None:
    real = points(120)
    evidence = made_evidence(real, points(120, seed=1), reconstructed=1.5 * real)

    found = scores("prdc", evidence)["precision_reconstructed"]

    assert set(found.influence_of_real) == {0.0, 1.0}
    assert len(found.influence_of_real) == found.sample_size == 60
    assert found.influence_of_real.mean() == pytest.approx(found.value)


@pytest.mark.parametrize("metric", TWINS)
def test_halves_that_are_too_small_are_not_measured(metric: str) -> None:
    least = built(metric).coverage_k + 1 if metric == "prdc" else 2

    def measured(p: int) -> set[str]:
        evidence = made_evidence(points(p), points(40, seed=1))
        return {name for name in values(metric, evidence) if "_reconstructed" in name}

    assert measured(2 * least)
    assert not measured(2 * least - 1)


def half_of_which_is_equal() -> MadeEvidence:
    real = points(40)
    halves = made_evidence(real, real).halves
    return made_evidence(
        real, points(40, seed=1), seen=lambda x: np.where(np.isin(x, real[halves.b]), 0.0, x)
    )


@pytest.mark.parametrize("metric", TWINS)
def test_a_half_without_any_distances_is_not_measured(metric: str) -> None:
    found = values(metric, half_of_which_is_equal())

    assert found
    assert not any(name.endswith(("_reconstructed", "_added_by_prior")) for name in found)


def test_few_samples_still_show_what_the_decoder_does() -> None:
    found = values("kernel", made_evidence(points(60), points(2, seed=1)))

    assert "kernel_distance_reconstructed" in found
    assert "kernel_distance_added_by_prior" in found
