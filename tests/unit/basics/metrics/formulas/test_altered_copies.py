"""Distances of images from altered copies of training images."""

from __future__ import annotations

import numpy as np

from vaereg.basics.metrics.formulas.altered_copies import AlteredCopies


def images(n: int, seed: int, side: int = 16) -> np.ndarray:
    coarse = np.random.default_rng(seed).uniform(0.2, 0.8, (n, side // 2, side // 2, 3))
    return coarse.repeat(2, axis=1).repeat(2, axis=2).astype(np.float32)


def test_a_change_of_brightness_and_contrast_or_a_mirror_image_is_no_distance():
    train = images(50, 0)

    for altered in (0.5 * train + 0.3, train[:, :, ::-1]):
        np.testing.assert_allclose(AlteredCopies(train).distances(altered), 0.0, atol=1e-5)


def test_an_image_moved_by_a_pixel_is_nearer_than_any_other():
    train = images(50, 0)

    moved = AlteredCopies(train).distances(np.roll(train, (1, -1), axis=(1, 2)))

    assert moved.max() < 0.5 * AlteredCopies(train).distances(images(50, 1)).min()


def test_plain_images_are_infinitely_far():
    plain = np.full((3, 16, 16, 3), 0.5, np.float32)

    assert np.isinf(AlteredCopies(images(50, 0)).distances(plain)).all()
    assert np.isinf(AlteredCopies(plain).distances(plain)).all()


def test_images_of_many_values_find_their_copy_among_averages():
    train = images(40, 0, side=64)

    found = AlteredCopies(train).distances(train[:5] * 0.9)

    np.testing.assert_allclose(found, 0.0, atol=1e-5)


def test_odd_sides_and_small_images():
    train = images(40, 0)[:, :15, :13]

    np.testing.assert_allclose(AlteredCopies(train).distances(train[:5]), 0.0, atol=1e-6)
    assert AlteredCopies.fits((8, 9, 1))
    assert not AlteredCopies.fits((7, 28, 1))
