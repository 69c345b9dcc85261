"""The distance of levels against its formula."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from scipy.stats import wasserstein_distance

from vaereg.basics.datasets.bundled.fashion_mnist_bundle import read_bundle
from vaereg.basics.metrics.spectra import level_distance as module
from vaereg.basics.metrics.spectra.level_distance import (
    CONTENT_TOLERANCE,
    DETAIL_TOLERANCE,
    STRATA,
    SURPLUS,
    LevelDistance,
    level_distance,
)
from vaereg.basics.metrics.spectra.window_levels import (
    LEVELS,
    STEP,
    WindowLevels,
    channels,
    window_levels,
)


def levels(images: np.ndarray) -> WindowLevels:
    return window_levels(images, "images")


def distance(ours: WindowLevels, real: WindowLevels) -> LevelDistance:
    return level_distance(ours, real)


def clothes(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Two sets of real images, 28 x 28."""
    images = read_bundle()[0].images[: 2 * count].reshape(-1, 28, 28, 1) / 255
    return images[:count], images[count:]


def varied(count: int, seed: int, size: int = 10) -> np.ndarray:
    """Images whose contrasts and blurs differ."""
    rng = np.random.default_rng(seed)
    rough, sigmas = rng.normal(size=(count, size, size, 1)), rng.random(count)
    smooth = np.stack(
        [gaussian_filter(each, (s, s, 0)) for each, s in zip(rough, sigmas, strict=True)]
    )
    return np.clip(0.5 + smooth * rng.random((count, 1, 1, 1)) / 3, 0, 1)


def test_equal_sets_are_at_0_and_two_draws_of_one_source_near_it() -> None:
    real, other = clothes(1000)

    assert abs(distance(levels(real), levels(real)).value) < 1e-12
    assert 0 < distance(levels(other), levels(real)).value < 0.1


def test_the_distance_is_its_formula() -> None:
    ours = levels(np.random.default_rng(0).random((20, 9, 11, 3)) ** 2)
    real = levels(np.random.default_rng(1).random((30, 9, 11, 3)))
    x = np.arange(LEVELS)
    wanted = 0.0
    for mine, theirs in zip(channels(ours), channels(real), strict=True):
        ordered = np.sort(theirs.content.ravel())
        limits = {int(ordered[-(-len(ordered) * k // STRATA) - 1]) for k in range(1, STRATA)}
        limits = sorted(limits - {int(ordered[0])})
        my_strata, strata = (np.digitize(each.content, limits) for each in (mine, theirs))
        assert set(strata.ravel()) == set(range(len(limits) + 1))
        for at, weight in enumerate(mine.weights):
            below = (mine.levels[..., at, None] <= x).mean(axis=(0, 1))
            given = [
                (theirs.levels[strata == k][:, at, None] <= x).mean(axis=0)
                for k in range(len(limits) + 1)
            ]
            like_ours, like_real = (
                sum((each == k).mean() * h for k, h in enumerate(given))
                for each in (my_strata, strata)
            )
            for difference, t in (
                (below - like_ours, DETAIL_TOLERANCE),
                (like_ours - like_real, CONTENT_TOLERANCE),
            ):
                for d in difference:
                    cost = d * d / (2 * t) if abs(d) < t else abs(d) - t / 2
                    wanted += weight * STEP * cost * (SURPLUS if d < 0 else 1.0)

    np.testing.assert_allclose(distance(ours, real).value, wanted, rtol=1e-9)


def test_without_tolerance_it_is_how_far_levels_must_move(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DETAIL_TOLERANCE", 1e-12)
    monkeypatch.setattr(module, "SURPLUS", 1.0)
    rng = np.random.default_rng(0)
    ours, real = (levels(0.5 + s * rng.normal(size=(40, 12, 12, 1))) for s in (0.004, 0.008))
    assert not any(each.any() for each in ours.contents + real.contents)
    wanted = sum(
        weight
        * wasserstein_distance(*(STEP * each.levels[..., at].ravel() for each in (mine, theirs)))
        for mine, theirs in zip(channels(ours), channels(real), strict=True)
        for at, weight in enumerate(mine.weights)
    )

    np.testing.assert_allclose(distance(ours, real).value, wanted, rtol=1e-6)


def test_contents_that_occur_more_often_cost_the_square_of_their_share() -> None:
    x = np.arange(32)
    wave = np.broadcast_to(0.5 + 0.2 * np.cos(2 * np.pi * x / 8), (32, 32))[..., None]
    images = np.stack([np.full((32, 32, 1), 0.5)] * 60 + [wave] * 50)
    real, ours = levels(images[10:]), levels(images[:-10])  # 50 and 40 of 100 have the wave
    wanted = 0.0
    for each in channels(levels(wave[None])):
        above = (each.levels[0, :, :, None] > np.arange(LEVELS)).mean(axis=0)  # in plain ones: none
        costs = np.square(0.1 * above).sum(axis=1) / (2 * CONTENT_TOLERANCE)
        wanted += STEP * float(costs @ each.weights)

    np.testing.assert_allclose(distance(ours, real).value, wanted, rtol=1e-9)


def test_blur_is_seen_whatever_contents_were_drawn() -> None:
    real, other = clothes(1000)
    plain_first = np.argsort(other.std(axis=(1, 2, 3)))
    of_real = levels(real)
    for half in (plain_first[:500], plain_first[500:]):
        blurred = np.rint(gaussian_filter(other[half], (0, 0.5, 0.5, 0)) * 255) / 255
        assert (
            distance(levels(blurred), of_real).value
            > 2 * distance(levels(other[half]), of_real).value
        )


@pytest.mark.parametrize("of", ["ours", "real"])
def test_influences_are_derivatives_by_the_weights_of_examples(of: str) -> None:
    ours, real = levels(varied(60, 0)), levels(varied(41, 3) ** 1.5)  # no limit is at a tie
    found = distance(ours, real)
    many = 400  # copies of the set, beside which one example comes once more

    def repeated(whole: WindowLevels, example: int) -> WindowLevels:
        count = whole.levels[0].shape[1]
        rows = np.concatenate([np.tile(np.arange(count), many), [example]])
        return whole.at(rows)

    influences = found.of_ours if of == "ours" else found.of_real
    count = len(influences)
    wanted = []
    for example in range(0, 40, 8):
        sets = (repeated(ours, example), real) if of == "ours" else (ours, repeated(real, example))
        wanted.append((distance(*sets).value - found.value) * (count * many + 1))
    centred = (influences - influences.mean())[0:40:8]
    np.testing.assert_allclose(centred, wanted, atol=0.02 * influences.std())


def test_influences_give_the_spread_of_resampling() -> None:
    ours, real = levels(gaussian_filter(varied(200, 0), (0, 1, 1, 0))), levels(varied(150, 1))
    found = distance(ours, real)
    rng = np.random.default_rng(0)

    def drawn(whole: WindowLevels) -> WindowLevels:
        count = whole.levels[0].shape[1]
        rows = rng.integers(0, count, count)
        return whole.at(rows)

    values = [distance(drawn(ours), drawn(real)).value for _ in range(200)]
    error = np.sqrt(found.of_ours.var() / 200 + found.of_real.var() / 150)
    np.testing.assert_allclose(error, np.std(values), rtol=0.25)


def test_the_order_of_examples_changes_nothing_but_that_of_influences() -> None:
    real, other = clothes(200)
    order = np.random.default_rng(0).permutation(200)
    first = distance(levels(other), levels(real))
    second = distance(levels(other[order]), levels(real[order[::-1]]))

    assert second.value == first.value
    np.testing.assert_array_equal(second.of_ours, first.of_ours[order])
    np.testing.assert_array_equal(second.of_real, first.of_real[order[::-1]])
