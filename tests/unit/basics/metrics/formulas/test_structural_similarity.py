"""Structural similarity against a slow second implementation and scikit-image."""

from __future__ import annotations

import numpy as np
import pytest

from vaereg.basics.metrics.formulas import structural_similarity as module

structural_similarity = module.structural_similarity


def pair(shape: tuple[int, ...] = (3, 14, 17, 3)) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    x = rng.uniform(size=shape).astype(np.float32)
    return x, np.clip(x + 0.2 * rng.normal(size=shape), 0.0, 1.0).astype(np.float32)


def place_by_place(x: np.ndarray, y: np.ndarray) -> float:
    """The mean similarity of two images (height, width) over all whole windows."""
    offsets = np.arange(-5, 6)
    weights = np.exp(-(offsets[:, None] ** 2 + offsets**2) / (2 * 1.5**2))
    weights /= weights.sum()
    found = []
    for i in range(x.shape[0] - 10):
        for j in range(x.shape[1] - 10):
            a, b = (each[i : i + 11, j : j + 11].astype(np.float64) for each in (x, y))
            mean_a, mean_b = np.sum(weights * a), np.sum(weights * b)
            var_a, var_b = np.sum(weights * (a - mean_a) ** 2), np.sum(weights * (b - mean_b) ** 2)
            both = np.sum(weights * (a - mean_a) * (b - mean_b))
            top = (2 * mean_a * mean_b + 1e-4) * (2 * both + 9e-4)
            found.append(top / ((mean_a**2 + mean_b**2 + 1e-4) * (var_a + var_b + 9e-4)))
    return float(np.mean(found))


@pytest.mark.parametrize("block", [1, 1 << 21])
def test_it_is_the_mean_over_places_and_channels(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BLOCK", block)
    x, y = pair()

    found = structural_similarity(x, y)

    expected = [
        np.mean([place_by_place(a[..., c], b[..., c]) for c in range(3)])
        for a, b in zip(x, y, strict=True)
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_it_is_that_of_scikit_image() -> None:
    metrics = pytest.importorskip("skimage.metrics")
    x, y = pair((4, 28, 20, 3))

    expected = [
        metrics.structural_similarity(
            *(each.astype(np.float64) for each in (a, b)),
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
            data_range=1.0,
            channel_axis=-1,
        )
        for a, b in zip(x, y, strict=True)
    ]

    np.testing.assert_allclose(structural_similarity(x, y), expected, rtol=1e-9)


def test_equal_images_have_1_and_negatives_less_than_0() -> None:
    x, _ = pair()

    np.testing.assert_allclose(structural_similarity(x, x), 1.0)
    assert (structural_similarity(x, 1.0 - x) < 0.0).all()


def test_two_constant_images_differ_by_their_means_alone() -> None:
    x, y = np.full((1, 11, 11, 1), 0.25), np.full((1, 11, 11, 1), 0.75)

    expected = (2 * 0.25 * 0.75 + 1e-4) / (0.25**2 + 0.75**2 + 1e-4)
    assert structural_similarity(x, y) == pytest.approx(expected)
