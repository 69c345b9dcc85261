"""The distance of levels against its formula."""

from __future__ import annotations

import numpy as np
from scipy.stats import wasserstein_distance

from vaereg.basics.datasets.bundled.fashion_mnist_bundle import read_bundle
from vaereg.basics.metrics.spectra.level_distance import SURPLUS, level_distance
from vaereg.basics.metrics.spectra.window_levels import (
    STEP,
    WINDOWS,
    WindowLevels,
    window_levels,
)


def levels(images: np.ndarray) -> WindowLevels:
    return window_levels(images, "images")


def clothes(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Two sets of real images, 28 x 28."""
    images = read_bundle()[0].images[: 2 * count].reshape(-1, 28, 28, 1) / 255
    return images[:count], images[count:]


def test_equal_sets_are_at_0_and_two_draws_of_one_source_near_it() -> None:
    real, other = clothes(1000)

    assert level_distance(levels(real), levels(real)).value == 0.0
    assert 0 < level_distance(levels(other), levels(real)).value < 0.4


def test_the_distance_is_its_formula() -> None:
    rng = np.random.default_rng(0)
    ours, real = levels(rng.random((20, 9, 11, 3)) ** 2), levels(rng.random((30, 9, 11, 3)))
    wanted = 0.0
    for mine, theirs, weights in zip(ours.levels, real.levels, ours.weights, strict=True):
        for at, weight in enumerate(weights):
            one, other = (STEP * each[:, :, at].ravel().astype(float) for each in (mine, theirs))
            distance = wasserstein_distance(one, other)
            surplus = (distance + one.mean() - other.mean()) / 2  # less lack, plus surplus
            wanted += weight * (distance + (SURPLUS - 1) * surplus) / len(WINDOWS)

    np.testing.assert_allclose(level_distance(ours, real).value, wanted, rtol=1e-9)


def test_influences_are_derivatives_by_the_weights_of_examples() -> None:
    rng = np.random.default_rng(0)
    images = rng.random((60, 10, 10, 1)) ** 2
    of_real, ours = levels(rng.random((41, 10, 10, 1))), levels(images)
    found = level_distance(ours, of_real)
    many = 200  # copies of the set, beside which example 3 comes once more

    def repeated(extra: int) -> WindowLevels:
        rows = np.concatenate([np.tile(np.arange(60), many), [3] * extra])
        return WindowLevels(tuple(each[rows] for each in ours.levels), ours.weights)

    more = level_distance(repeated(1), of_real).value
    centred = found.of_ours - found.of_ours.mean()
    np.testing.assert_allclose((more - found.value) * (60 * many + 1), centred[3], rtol=0.02)


def test_the_order_of_examples_changes_nothing_but_that_of_influences() -> None:
    real, other = clothes(200)
    order = np.random.default_rng(0).permutation(200)
    first = level_distance(levels(other), levels(real))
    second = level_distance(levels(other[order]), levels(real[order[::-1]]))

    assert second.value == first.value
    np.testing.assert_array_equal(second.of_ours, first.of_ours[order])
    np.testing.assert_array_equal(second.of_real, first.of_real[order[::-1]])
