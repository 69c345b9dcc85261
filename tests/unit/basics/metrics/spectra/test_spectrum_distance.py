"""The table of what may be painted over blurred images without bringing them nearer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter

from vaereg.basics.datasets.bundled.fashion_mnist_bundle import read_bundle
from vaereg.basics.metrics.spectra.level_distance import level_distance
from vaereg.basics.metrics.spectra.spectrum_distance import Spectra, spectra, spectrum_distance

NEARER = 0.4
"""In dB: what is painted over blurred images may bring them no nearer than this."""


def spectra_of(images: np.ndarray) -> Spectra:
    return spectra(images, "images")


def quantized(images: np.ndarray) -> np.ndarray:
    return (np.rint(np.clip(images, 0, 1) * 255) / 255).astype(np.float32)


def blurred(images: np.ndarray, sigma: float) -> np.ndarray:
    return gaussian_filter(images, (0, sigma, sigma, 0))


def clothes(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Two sets of real images, 28 x 28."""
    images = read_bundle()[0].images[: 2 * count].reshape(-1, 28, 28, 1) / 255
    return images[:count], images[count:]


def photographs(count: int, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Two sets of cut-outs, in colour, of the photographs that scikit-learn carries."""
    datasets = pytest.importorskip("sklearn.datasets")
    rng = np.random.default_rng(3)
    whole = []
    for name in ("china.jpg", "flower.jpg"):
        with Image.open(Path(datasets.__file__).parent / "images" / name) as image:
            whole.append(np.asarray(image.convert("RGB"), np.float64) / 255)
    cut = []
    for number in range(2 * count):
        image = whole[number % 2]
        top, left = (int(rng.integers(image.shape[axis] - shape[axis] + 1)) for axis in (0, 1))
        cut.append(image[top : top + shape[0], left : left + shape[1]])
    return np.stack(cut[:count]), np.stack(cut[count:])


def real_images(kind: str) -> tuple[np.ndarray, np.ndarray]:
    if kind == "clothes":
        return clothes(200)
    height, width = map(int, kind.split("x"))
    return photographs(200 if height < 64 else 60, (height, width))


def painted(shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    """Patterns (n, height, width, channels) of amplitude 1, and with the opposite sign."""
    i, j = np.mgrid[: shape[1], : shape[2]]
    patterns = {
        "columns": 1.0 - 2.0 * (j % 2),
        "checkerboard": 1.0 - 2.0 * ((i + j) % 2),
        "wide columns": 1.0 - 2.0 * (j // 2 % 2),
        "dots": 3.0 * ((i % 4 == 0) & (j % 4 == 0)),
    }
    both = {name: each[None, ..., None] for name, each in patterns.items()}
    both |= {f"{name}, darker": -each for name, each in both.items()}
    noise = np.random.default_rng(0).normal(size=shape)
    return both | {"noise": noise, "noise of another draw": -noise[::-1]}


KINDS = ("clothes", "32x32", "64x64", "33x20")

SLOW_KINDS = [
    each if each == "clothes" else pytest.param(each, marks=pytest.mark.slow) for each in KINDS
]
"""For tests of many images: one kind is enough in the second command of README."""


@pytest.mark.parametrize("kind", SLOW_KINDS)
@pytest.mark.parametrize("sigma", [0.5, 0.7, 1.0])
def test_nothing_painted_over_blurred_images_brings_them_nearer(kind: str, sigma: float) -> None:
    real, other = real_images(kind)
    of_real, blur = spectra_of(real), blurred(other, sigma)
    plain = spectrum_distance(spectra_of(quantized(blur)), of_real).value
    nearer = {}
    for amplitude in (2, 6, 12):
        for name, pattern in painted(blur.shape).items():
            images = quantized(blur + amplitude / 255 * pattern)
            nearer[name, amplitude] = plain - spectrum_distance(spectra_of(images), of_real).value

    assert {key: gain for key, gain in nearer.items() if gain > NEARER} == {}


@pytest.mark.parametrize("kind", SLOW_KINDS)
def test_noise_that_restores_the_mean_power_does_not_restore_the_distance(kind: str) -> None:
    real, other = real_images(kind)
    blur = blurred(other, 1.0)
    noise = np.random.default_rng(0).normal(size=blur.shape)

    def power(images: np.ndarray) -> float:
        """The mean power of differences between neighbours, which noise fills."""
        return float(np.square(np.diff(images, axis=2)).mean())

    of_real = spectra_of(real)
    low, high = 0.0, 1.0
    for _ in range(20):  # clipping makes the amplitude that is needed hard to compute
        middle = (low + high) / 2
        images = quantized(blur + middle * noise)
        low, high = (middle, high) if power(images) < power(real) else (low, middle)

    assert power(images) == pytest.approx(power(real), rel=0.01)
    plain = spectrum_distance(spectra_of(quantized(blur)), of_real).value
    assert spectrum_distance(spectra_of(images), of_real).value > plain


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_the_distance_falls_as_blur_falls_and_as_noise_falls(kind: str) -> None:
    real, other = real_images(kind)
    of_real, noise = spectra_of(real), np.random.default_rng(0).normal(size=other.shape)

    by_blur = [spectra_of(quantized(blurred(other, s))) for s in (1.4, 1.0, 0.7, 0.5, 0.4)]
    by_noise = [spectra_of(quantized(other + a / 255 * noise)) for a in (24, 12, 6, 3, 1, 0)]

    for sets in (by_blur, by_noise):
        values = [spectrum_distance(each, of_real).value for each in sets]
        assert np.all(np.diff(values) < 0), values


def test_half_the_blur_is_many_standard_errors_nearer() -> None:
    real, other = clothes(1000)
    of_real = spectra_of(real)
    whole, half = (
        spectrum_distance(spectra_of(quantized(blurred(other, s))), of_real) for s in (0.8, 0.4)
    )
    variance = sum(np.var(each.of_ours) / 1000 for each in (whole, half))
    variance += np.var(whole.of_real - half.of_real) / 1000

    assert whole.value - half.value > 20 * np.sqrt(variance)


def test_a_pattern_adds_a_tenth_of_its_peak() -> None:
    real, other = clothes(300)
    checked = quantized(other + 6 / 255 * painted((1, 28, 28, 1))["checkerboard"])
    ours, of_real = spectra_of(checked), spectra_of(real)
    found = spectrum_distance(ours, of_real)
    without = level_distance(ours.levels, of_real.levels)

    assert found.peak.value > 10
    np.testing.assert_allclose(found.value, without.value + 0.1 * found.peak.value)
    np.testing.assert_allclose(found.of_ours, without.of_ours + 0.1 * found.peak.of_ours)
    np.testing.assert_allclose(found.of_real, without.of_real + 0.1 * found.peak.of_real)
