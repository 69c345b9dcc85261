"""The spectra of windows, on images whose spectra are known."""

from __future__ import annotations

import numpy as np
import pytest

import vaereg
from vaereg.basics.metrics.spectra.window_levels import (
    FAINT,
    LEVELS,
    MOST,
    PLAIN,
    STEP,
    WINDOWS,
    channels,
    content_of,
    frequencies,
    level_of,
    plane_weights,
    window_levels,
    window_power,
)


def cosine(shape: tuple[int, int], side: int, frequency: tuple[int, int]) -> np.ndarray:
    """One image (1, height, width, 1) of a wave that fits `side` pixels."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    wave = 0.5 + 0.25 * np.cos(2 * np.pi * (frequency[0] * y + frequency[1] * x) / side)
    return wave[None, ..., None]


@pytest.mark.parametrize("side", WINDOWS)
def test_the_listed_frequencies_are_half_of_the_plane(side: int) -> None:
    listed = frequencies(side)
    mirrored = [(-i % side, -j % side) for i, j in listed]

    assert len(set(listed)) == len(listed)
    assert set(listed) | set(mirrored) == {
        (i, j) for i in range(side) for j in range(side) if (i, j) != (0, 0)
    }
    for wanted in ((side // 2, side // 2), (0, side // 2), (side // 2, 0), (1, 1), (1, side - 1)):
        assert wanted in listed
    np.testing.assert_allclose(plane_weights(side).sum(), 1.0)


@pytest.mark.parametrize("side", WINDOWS)
def test_a_cosine_has_its_power_at_its_frequency_and_next_to_it_only(side: int) -> None:
    half = side // 2
    for frequency in ((half, half), (0, half), (half, 0)):
        power = window_power(cosine((16, 16), side, frequency), side)
        at = frequencies(side).index(frequency)
        far = [
            max(abs(i - frequency[0]) % (side - 1), abs(j - frequency[1]) % (side - 1)) > 1
            for i, j in frequencies(side)
        ]
        window = np.square(np.sin(np.pi * (np.arange(side) + 0.5) / side))
        gain = (window.sum() ** 2 / np.square(window).sum()) ** 2

        np.testing.assert_allclose(power[..., at], 0.25**2 * gain)
        assert power[..., far].max(initial=0.0) < 1e-20


def test_white_noise_has_its_variance_as_power_away_from_the_mean() -> None:
    noise = 0.1 * np.random.default_rng(0).normal(size=(2000, 8, 8, 1))
    power = window_power(noise, 8).mean(axis=(0, 1, 2))
    away = [min(i, 8 - i) > 1 or min(j, 8 - j) > 1 for i, j in frequencies(8)]

    np.testing.assert_allclose(power[away], 0.01, rtol=0.15)
    np.testing.assert_allclose(power[away].mean(), 0.01, rtol=0.02)


def test_constant_images_are_at_the_lowest_level_whatever_their_value() -> None:
    for value in (0.0, 0.3, 1.0):
        images = np.full((2, 13, 9, 3), value, np.float32)
        assert all((each == 0).all() for each in window_levels(images, "images").levels)


def test_a_level_is_a_quarter_of_a_decibel() -> None:
    power = np.array([0.0, 0.5, 1.0, 3.0, 1e3, 1e9]) * FAINT
    wanted = np.floor(10 * np.log10(power / FAINT + 1) / STEP)

    np.testing.assert_array_equal(level_of(power), np.minimum(wanted, LEVELS - 1))


def test_black_and_white_stripes_fit_into_the_levels() -> None:
    stripes = np.zeros((1, 16, 16, 1), np.float32)
    stripes[:, :, ::2] = 1.0

    for each in window_levels(stripes, "images").levels:
        assert 0 < each.max() < LEVELS - 1


@pytest.mark.parametrize("shape", [(8, 8), (9, 31), (33, 20), (64, 64), (200, 90)])
def test_windows_reach_every_pixel_of_small_images_and_their_number_is_limited(shape) -> None:
    images = np.random.default_rng(0).random((1, *shape, 1)).astype(np.float32)
    for side, found in zip(WINDOWS, window_levels(images, "images").levels, strict=True):
        assert found.shape[2] <= MOST**2
        counts = [min(-(-(length - side) // (side // 2)) + 1, MOST) for length in shape]
        assert found.shape[2] == counts[0] * counts[1]


def test_channels_have_spectra_of_their_own() -> None:
    images = np.full((1, 8, 8, 3), 0.5, np.float32)
    images[:, :, ::2, 2] = 0.7
    levels = window_levels(images, "images").levels[0]

    assert (levels[:2] == 0).all()
    assert levels[2].max() > 0


def test_images_do_not_depend_on_those_beside_them() -> None:
    images = np.random.default_rng(0).random((300, 12, 10, 3)).astype(np.float32)
    whole, alone = window_levels(images, "images"), window_levels(images[123:124], "images")

    for one, other in zip(
        alone.levels + alone.contents, whole.levels + whole.contents, strict=True
    ):
        np.testing.assert_array_equal(one[:, 0], other[:, 123])


def test_the_content_of_a_coarse_wave_is_its_power() -> None:
    contents = window_levels(cosine((32, 32), 8, (0, 1)), "images").contents

    power = 0.25**2 / 4 * 64 / 4  # in one of four coarsest waves
    for each in contents:
        assert (each == content_of(np.array(power))).all()
        assert each[0, 0, 0] == np.floor(10 * np.log10(power / PLAIN) / STEP)


def test_patterns_of_short_periods_have_no_content() -> None:
    for frequency in ((0, 4), (4, 4), (2, 0), (2, 2)):
        for each in window_levels(cosine((32, 28), 8, frequency), "images").contents:
            assert (each == 0).all()


def test_small_windows_have_the_content_of_the_large_one_about_them() -> None:
    images = cosine((8, 40), 8, (0, 1))
    images[:, :, :20] = 0.5
    of_large, of_small = window_levels(images, "images").contents

    assert (of_large[0, 0] > 0).tolist() == [False] * 4 + [True] * 5
    middles = np.arange(of_small.shape[2] // 3) * 2 + 2  # of three rows
    nearest = np.abs(middles[:, None] - (np.arange(9) * 4 + 4)).argmin(axis=1)
    np.testing.assert_array_equal(of_small[0, 0].reshape(3, -1)[1], of_large[0, 0][nearest])


def test_the_weights_of_all_channels_sum_to_1() -> None:
    images = np.random.default_rng(0).random((2, 12, 10, 3)).astype(np.float32)
    found = list(channels(window_levels(images, "images")))

    assert len(found) == 3 * len(WINDOWS)
    assert {each.levels.shape[:2] == each.content.shape for each in found} == {True}
    np.testing.assert_allclose(sum(each.weights.sum() for each in found), 1.0)


def test_values_that_are_not_finite_are_reported() -> None:
    images = np.full((3, 8, 8, 1), 0.5)
    images[1, 0, 0, 0] = np.nan

    with pytest.raises(vaereg.DataError, match="samples: 1 of 3"):
        window_levels(images, "samples")
