"""Peaks of regular patterns, on patterns that are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

import vaereg
from vaereg.basics.datasets.bundled.fashion_mnist_bundle import read_bundle
from vaereg.basics.metrics.spectra.periodic_peaks import (
    LEAST_IMAGES,
    LEAST_LIMIT,
    WAVES,
    Wave,
    pattern_in_words,
    peak_limit,
    peak_score,
    periodic_power,
)

SHAPES = [(32, 32), (28, 28), (33, 20), (64, 48)]


def soft_images(n: int, shape: tuple[int, int], channels: int = 1, seed: int = 0) -> np.ndarray:
    """Random images with little power at high frequencies."""
    noise = np.random.default_rng(seed).normal(size=(n, *shape, channels))
    return 0.5 + gaussian_filter(noise, (0, 1.0, 1.0, 0)) / 4


def pattern(wave: Wave, shape: tuple[int, int]) -> np.ndarray:
    """(height, width, 1) cosine of amplitude 1."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    phase = 2 * np.pi * (wave.down * y + wave.across * x) / wave.period
    return np.cos(phase)[..., None]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("wave", WAVES, ids=lambda w: f"{w.period} pixels, {w.down} {w.across}")
def test_a_cosine_is_found_at_its_frequency_only(wave: Wave, shape: tuple[int, int]) -> None:
    if wave.period == 8 and min(shape) < 32:
        pytest.skip("the power near the mean hides a pattern of so few periods")
    real = soft_images(60, shape)
    marked = soft_images(60, shape, seed=1) + 0.05 * pattern(wave, shape)
    of_real = periodic_power(real, "real images")
    found = peak_score(periodic_power(marked, "samples"), of_real)

    assert found.wave == wave
    limit = peak_limit(of_real)
    assert limit is not None
    assert found.value > limit + 2
    without = periodic_power(soft_images(60, shape, seed=1), "samples")
    assert peak_score(without, of_real).value < limit


@pytest.mark.parametrize("wave", WAVES, ids=lambda w: f"{w.period} pixels, {w.down} {w.across}")
def test_the_power_of_a_cosine_is_exact(wave: Wave) -> None:
    shape = (64, 48)
    window = [np.square(np.sin(np.pi * (np.arange(n) + 0.5) / n)) for n in shape]
    gain = np.prod([each.sum() ** 2 / np.square(each).sum() for each in window])
    height = 1.0 if wave.period == 2 else 0.25  # half of it is at the mirrored frequency
    power = periodic_power(pattern(wave, shape)[None], "images").peaks[0, 0]

    np.testing.assert_allclose(power[WAVES.index(wave)], height * gain, rtol=1e-3)
    others = np.delete(power, WAVES.index(wave))
    assert others.max() < 1e-3 * power.max()


def test_white_noise_has_its_variance_as_power() -> None:
    noise = 0.1 * np.random.default_rng(0).normal(size=(4000, 16, 24, 1))
    power = periodic_power(noise, "images")

    near_the_mean = [wave.period == 8 for wave in WAVES]
    away = power.peaks.mean(axis=(0, 1))[~np.array(near_the_mean)]
    np.testing.assert_allclose(away, 0.01, rtol=0.08)


def test_a_pattern_that_real_images_have_too_is_no_artifact() -> None:
    wave = Wave(4, 0, 1)
    real = soft_images(60, (32, 32), 3) + 0.05 * pattern(wave, (32, 32))
    samples = soft_images(60, (32, 32), 3, seed=1) + 0.05 * pattern(wave, (32, 32))
    of_real = periodic_power(real, "real images")
    found = peak_score(periodic_power(samples, "samples"), of_real)

    assert found.value < peak_limit(of_real)
    stronger = samples + 0.05 * pattern(wave, (32, 32))
    found = peak_score(periodic_power(stronger, "samples"), of_real)
    assert found.wave == wave
    assert found.value == pytest.approx(20 * np.log10(2), abs=1.5)  # with noise beside


def test_patterns_beyond_the_limit_are_told_in_words() -> None:
    shape = (64, 64)
    of_real = periodic_power(soft_images(60, shape), "real images")

    def words(*waves: Wave) -> str:
        marked = soft_images(60, shape, seed=1) + sum(0.05 * pattern(w, shape) for w in waves)
        found = peak_score(periodic_power(marked, "samples"), of_real)
        assert found.heights.max() == found.value
        return pattern_in_words(found, peak_limit(of_real))

    assert words(Wave(4, 0, 1)) == "every 4 columns"
    assert words(Wave(2, 1, 1), Wave(8, 1, 0)) == (
        "every 2 pixels as on a checkerboard and every 8 rows"
    )
    assert words(Wave(4, 1, -1), Wave(4, 1, 1), Wave(4, 1, 0), Wave(4, 0, 1)) == (
        "every 4 rows, every 4 columns and every 4 pixels in both directions"
    )
    assert words(Wave(2, 1, 0)) == "every 2 rows"
    without = peak_score(periodic_power(soft_images(60, shape, seed=1), "samples"), of_real)
    assert pattern_in_words(without, peak_limit(of_real)) == ""
    assert pattern_in_words(without, None) == ""


def test_a_pattern_in_one_channel_is_found() -> None:
    real, marked = soft_images(60, (32, 32), 3), soft_images(60, (32, 32), 3, seed=1)
    marked[..., 2:] += 0.02 * pattern(Wave(2, 1, 1), (32, 32))
    found = peak_score(periodic_power(marked, "samples"), periodic_power(real, "real images"))

    assert found.wave == Wave(2, 1, 1)
    assert found.value > 10


@pytest.mark.parametrize("sigma", [0.4, 0.7, 1.0, 2.0])
def test_blur_is_no_pattern_however_steep_its_spectrum(sigma: float) -> None:
    images = read_bundle()[0].images[:1000].reshape(-1, 28, 28, 1) / 255
    of_real = periodic_power(images[:500], "real images")
    blur = gaussian_filter(images[500:], (0, sigma, sigma, 0))
    blur = np.rint(blur * 255) / 255

    assert peak_score(periodic_power(blur, "samples"), of_real).value < peak_limit(of_real)


@pytest.mark.parametrize("pattern_name", ["dots", "lines"])
def test_sparse_patterns_are_found_although_their_peaks_are_close(pattern_name: str) -> None:
    images = read_bundle()[0].images[:1000].reshape(-1, 28, 28, 1) / 255
    of_real = periodic_power(images[:500], "real images")
    y, x = np.mgrid[:28, :28]
    marks = (x % 8 == 0) & (y % 8 == 0) if pattern_name == "dots" else x % 8 == 0
    blur = gaussian_filter(images[500:], (0, 1.0, 1.0, 0))
    marked = np.rint(np.clip(blur + 30 / 255 * marks[..., None], 0, 1) * 255) / 255

    assert peak_score(periodic_power(marked, "samples"), of_real).value > peak_limit(of_real) + 5


def test_halves_of_real_images_seldom_pass_the_limit() -> None:
    images = read_bundle()[0].images[:1000].reshape(-1, 28, 28, 1) / 255
    rng = np.random.default_rng(5)
    limit = peak_limit(periodic_power(images, "real images"))
    above = 0
    for _ in range(60):
        order = rng.permutation(1000)
        one, other = (periodic_power(images[part], "x") for part in np.split(order, 2))
        above += peak_score(one, other).value > limit

    assert above <= 3


def test_the_limit_does_not_depend_on_the_order() -> None:
    images = soft_images(80, (16, 16), 3)
    first = peak_limit(periodic_power(images, "x"))
    second = peak_limit(periodic_power(images[::-1], "x"))

    assert second == pytest.approx(first, rel=1e-9)


def test_few_images_set_no_limit() -> None:
    images = soft_images(LEAST_IMAGES, (16, 16))

    assert peak_limit(periodic_power(images[1:], "x")) is None
    assert peak_limit(periodic_power(images, "x")) >= LEAST_LIMIT


def test_influences_give_the_spread_of_resampling() -> None:
    real = soft_images(200, (32, 32))
    marked = soft_images(150, (32, 32), seed=1)
    strength = np.random.default_rng(2).random((150, 1, 1, 1)) / 20
    marked = marked + strength * pattern(Wave(2, 1, 1), (32, 32))
    of_real, ours = periodic_power(real, "real images"), periodic_power(marked, "samples")
    found = peak_score(ours, of_real)
    rng = np.random.default_rng(3)
    drawn = []
    for _ in range(300):
        rows = rng.integers(0, 150, 150)
        drawn.append(peak_score(type(ours)(ours.peaks[rows], ours.beside[rows]), of_real).value)

    error = found.of_ours.std() / np.sqrt(150)
    np.testing.assert_allclose(error, np.std(drawn), rtol=0.2)
    assert not found.of_real.any()


def test_values_that_are_not_finite_are_reported() -> None:
    images = np.full((3, 8, 8, 1), 0.5)
    images[1, 0, 0, 0] = np.nan

    with pytest.raises(vaereg.DataError, match="samples: 1 of 3"):
        periodic_power(images, "samples")
