"""Samples that nearly equal a training example or another sample, on sets with known numbers."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.made_evidence import made_evidence
from tests.helpers.metric_scores import scores, values


def images(n: int, seed: int = 0) -> np.ndarray:
    """Smooth random images (n, 12, 12, 1) in [0, 1], in 8 bits."""
    coarse = np.random.default_rng(seed).random((n, 4, 4, 1))
    return rounded(coarse.repeat(3, axis=1).repeat(3, axis=2))


def rounded(values: np.ndarray) -> np.ndarray:
    return (np.rint(np.clip(values, 0, 1) * 255) / 255).astype(np.float32)


def evidence(generated: np.ndarray, real: np.ndarray | None = None):
    real = images(300, 1) if real is None else real
    return made_evidence(real, generated, train=images(400, 2))


def test_other_draws_of_real_data_have_none() -> None:
    found = scores("near_copies", evidence(images(300, 3)))

    assert {name: each.value for name, each in found.items()} == {
        "near_copies": 0.0,
        "near_duplicates": 0.0,
        "near_duplicates_reconstructed": 0.0,
    }
    assert [each.limit for each in found.values()] == [0.01, None, 0.01]


@pytest.mark.parametrize("noise", [0.0, 2.0])
def test_copies_are_counted_despite_noise_of_two_grey_levels(noise: float) -> None:
    rng = np.random.default_rng(0)
    generated = images(300, 3)
    generated[:6] = rounded(images(400, 2)[:6] + rng.normal(0, noise / 255, (6, 12, 12, 1)))

    found = scores("near_copies", evidence(generated))["near_copies"]

    assert found.value == 0.02
    np.testing.assert_array_equal(found.influence_of_generated, np.arange(300) < 6)


@pytest.mark.parametrize("noise", [0.0, 2.0])
def test_an_image_that_is_repeated_is_counted_each_time(noise: float) -> None:
    rng = np.random.default_rng(0)
    generated = images(300, 3)
    generated[:9] = rounded(images(1, 4) + rng.normal(0, noise / 255, (9, 12, 12, 1)))

    found = scores("near_copies", evidence(generated))["near_duplicates"]

    assert found.value == pytest.approx(0.03)
    np.testing.assert_array_equal(found.influence_of_generated, np.arange(300) < 9)


def test_reconstructions_that_are_equal_are_counted_apart_from_samples() -> None:
    real = images(300, 1)
    reconstructed = np.where(np.arange(300)[:, None, None, None] % 2, real, real[:1])
    made = made_evidence(real, images(300, 3), reconstructed=reconstructed, train=images(400, 2))

    found = values("near_copies", made)

    assert found["near_duplicates"] == 0.0
    assert found["near_duplicates_reconstructed"] == np.mean(made.halves.a % 2 == 0)


def test_smooth_samples_are_not_copies() -> None:
    smooth = images(300, 3).mean(axis=(1, 2), keepdims=True).repeat(12, 1).repeat(12, 2)
    between = 0.5 * images(300, 3) + 0.5 * images(400, 2)[:300]

    assert values("near_copies", evidence(rounded(smooth)))["near_copies"] == 0.0
    assert values("near_copies", evidence(rounded(between)))["near_copies"] == 0.0


def test_real_data_with_equal_examples_raises_the_limit_by_their_share() -> None:
    real = images(300, 1)
    real[:30] = images(400, 2)[:30]  # copies of the training data
    real[30:42] = real[30]  # and of each other

    found = scores("near_copies", evidence(images(300, 3), real))

    assert found["near_copies"].limit == pytest.approx(0.11)
    assert found["near_duplicates"].limit == pytest.approx(0.05)


def detailed(n: int, seed: int = 0) -> np.ndarray:
    """Random images (n, 16, 16, 1) in [0.2, 0.8] whose details are two pixels wide."""
    coarse = np.random.default_rng(seed).uniform(0.2, 0.8, (n, 8, 8, 1))
    return rounded(coarse.repeat(2, axis=1).repeat(2, axis=2))


@pytest.mark.parametrize(
    "alter",
    [
        lambda x: 0.9 * x,
        lambda x: 0.8 * x + 0.15,
        lambda x: x[:, :, ::-1],
        lambda x: np.roll(x, 1, axis=2),
        lambda x: 0.25 * np.roll(x, 1, axis=1) + 0.5 * x + 0.25 * np.roll(x, -1, axis=1),
    ],
    ids=["darker", "of less contrast", "mirrored", "moved by a pixel", "softer"],
)
def test_altered_copies_of_training_images_are_counted(alter) -> None:
    train, generated = detailed(400, 2), detailed(300, 3)
    generated[:30] = rounded(alter(train[:30]))

    found = scores("near_copies", made_evidence(detailed(300, 1), generated, train=train))

    np.testing.assert_array_equal(found["near_copies"].influence_of_generated, np.arange(300) < 30)


def test_plain_images_are_no_altered_copies_of_one_another() -> None:
    train, real, generated = detailed(400, 2), detailed(300, 1), detailed(300, 3)
    train[:9] = np.linspace(0.1, 0.9, 9)[:, None, None, None]
    generated[:30] = 0.55

    found = values("near_copies", made_evidence(rounded(real), rounded(generated), train=train))

    assert found["near_copies"] == 0.0
