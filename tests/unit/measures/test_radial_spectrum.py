"""The radial power spectrum against closed forms and an explicit transform."""

from __future__ import annotations

import numpy as np
import pytest

import vaereg
from vaereg.measures import radial_spectrum as module

radial_spectrum = vaereg.radial_spectrum


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def cosine(height: int, width: int, down: int, across: int) -> np.ndarray:
    """One image (1, h, w, 1) with so many periods along each axis."""
    y, x = np.mgrid[:height, :width]
    wave = np.cos(2 * np.pi * (down * y / height + across * x / width))
    return wave[None, ..., None]


@pytest.mark.parametrize("shape", [(16, 16), (12, 20), (9, 11)])
def test_white_noise_has_its_variance_at_every_frequency(shape: tuple[int, int]) -> None:
    spectrum = radial_spectrum(0.3 * noise(4000, *shape, 1))

    inner = spectrum.power.mean(axis=0)[1:]  # the first ring loses some to the removed mean
    np.testing.assert_allclose(inner, 0.09, rtol=0.03)  # 4,000 images, 4 or more waves a ring


@pytest.mark.parametrize(("down", "across"), [(0, 5), (5, 0), (3, 4), (-3, 4), (0, 9)])
def test_a_cosine_lands_in_its_ring_and_its_neighbours(down: int, across: int) -> None:
    power = radial_spectrum(cosine(24, 24, down, across)).power[0]
    ring = round(np.hypot(down, across))

    assert np.argmax(power) == ring - 1
    far = np.abs(np.arange(1, 13) - ring) > 2
    assert power[far].max() < 1e-20  # the window spills into neighbours alone


def test_the_frequencies_are_shares_of_nyquist() -> None:
    spectrum = radial_spectrum(cosine(16, 16, 0, 8))  # the shortest wave there is

    np.testing.assert_allclose(spectrum.frequencies, np.arange(1, 9) / 8)
    assert np.argmax(spectrum.power[0]) == 7


def test_frequencies_are_counted_per_axis_where_an_image_is_not_square() -> None:
    half_of_nyquist = cosine(16, 32, 0, 8), cosine(16, 32, 4, 0)

    for image in half_of_nyquist:
        spectrum = radial_spectrum(image)
        assert spectrum.frequencies[np.argmax(spectrum.power[0])] == 0.5


@pytest.mark.parametrize("shape", [(8, 8), (7, 10), (9, 9), (12, 5)])
def test_it_equals_the_full_transform_averaged_ring_by_ring(shape: tuple[int, int]) -> None:
    height, width = shape
    images = noise(3, *shape, 1)
    window = np.outer(
        *(np.sin(np.pi * (np.arange(length) + 0.5) / length) ** 2 for length in shape)
    )
    rings = min(shape) // 2
    for image, power in zip(images[..., 0], radial_spectrum(images).power, strict=True):
        grey = (image - image.mean()) * window
        sums, counts = np.zeros(rings + 1), np.zeros(rings + 1)
        for u in range(height):
            for v in range(width):
                y, x = np.mgrid[:height, :width]
                wave = np.exp(-2j * np.pi * (u * y / height + v * x / width))
                radius = np.hypot(2 * min(u, height - u) / height, 2 * min(v, width - v) / width)
                ring = int(np.floor(radius * rings + 0.5))
                if ring <= rings:
                    sums[ring] += np.abs(np.sum(grey * wave)) ** 2 / np.sum(window**2)
                    counts[ring] += 1
        np.testing.assert_allclose(power, sums[1:] / counts[1:], rtol=1e-9)


@pytest.mark.parametrize("shape", [(8, 8), (7, 10), (9, 13)])
def test_no_power_is_lost(shape: tuple[int, int]) -> None:
    """Parseval's law: over all rings, the mean and the corners, power is windowed variance."""
    height, width = shape
    image = noise(*shape)
    order, starts, weight = module._rings(height, width, max(shape))
    window = np.multiply.outer(module._hann(height), module._hann(width))
    inside = (image - image.mean()) * window
    power = np.abs(np.fft.rfft2(inside).ravel()) ** 2 * weight

    assert weight.sum() == height * width
    assert len(starts) > 1
    total = power[order].sum() + np.sum(inside) ** 2
    np.testing.assert_allclose(total, height * width * np.sum(inside**2), rtol=1e-12)


def test_mirrored_and_turned_images_have_the_same_power() -> None:
    images = noise(2, 10, 10, 1)
    wanted = radial_spectrum(images).power

    for other in (images[:, ::-1], images[:, :, ::-1], images.swapaxes(1, 2)):
        np.testing.assert_allclose(radial_spectrum(other).power, wanted, rtol=1e-9)


def test_colours_are_weighed_as_the_eye_does_and_other_channels_averaged() -> None:
    image = noise(1, 12, 12, 1)
    red = np.concatenate([image, 0 * image, 0 * image], axis=-1)
    first_of_two = np.concatenate([image, 0 * image], axis=-1)
    wanted = radial_spectrum(image).power

    np.testing.assert_allclose(radial_spectrum(red).power, 0.299**2 * wanted, rtol=1e-9)
    np.testing.assert_allclose(radial_spectrum(first_of_two).power, 0.25 * wanted, rtol=1e-9)


def test_a_constant_image_has_no_power() -> None:
    assert radial_spectrum(np.full((2, 8, 8, 3), 0.7)).power.max() < 1e-25


def test_blocks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    images = noise(7, 8, 8, 1)
    wanted = radial_spectrum(images).power
    monkeypatch.setattr(module, "BLOCK", 128)

    np.testing.assert_allclose(radial_spectrum(images).power, wanted, rtol=1e-12)


def test_no_images_give_no_rows() -> None:
    assert radial_spectrum(np.zeros((0, 8, 8, 1))).power.shape == (0, 4)


@pytest.mark.parametrize("shape", [(3, 8, 8), (3, 1, 8, 1), (3, 8, 8, 0)])
def test_arrays_that_are_not_images_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="must have shape"):
        radial_spectrum(np.zeros(shape))
