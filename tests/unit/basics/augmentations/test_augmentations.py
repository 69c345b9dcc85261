"""What each built-in augmentation makes of images and latents."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
from keras import ops

import vaereg
from vaereg.basics.augmentations.declared import COMPONENTS

N = 400


def built(name, shape=(8, 6, 2), value_range=(0.0, 1.0), **params):
    component = next(each for each in COMPONENTS if each.name == name)
    module, attribute = component.factory.split(":")
    spec = vaereg.DataSpec(form="image", shape=shape, value_range=value_range)
    context = vaereg.BuildContext(name=name, data_spec=spec)
    return getattr(import_module(module), attribute)(component.params(**params), context)


def applied(augmentation, values, seed=1):
    found = augmentation(ops.convert_to_tensor(values.astype("float32")), seed)
    return np.asarray(ops.convert_to_numpy(found))


def images(shape=(8, 6, 2), count=N):
    return np.random.default_rng(0).uniform(size=(count, *shape)).astype("float32")


@pytest.mark.parametrize(("direction", "axis"), [("horizontal", 2), ("vertical", 1)])
def test_a_share_of_the_images_is_flipped_along_one_axis(direction, axis):
    x = images()
    y = applied(built("flip", probability=0.25, direction=direction), x)
    same = (y == x).all(axis=(1, 2, 3))
    flipped = (y == np.flip(x, axis)).all(axis=(1, 2, 3))
    assert (same ^ flipped).all()
    assert flipped.mean() == pytest.approx(0.25, abs=0.08)
    assert np.array_equal(applied(built("flip", probability=1.0), x), np.flip(x, 2))


def test_images_are_moved_by_whole_pixels_and_filled_with_the_lowest_value():
    x = images() + 0.01
    y = applied(built("translate", most=0.25, value_range=(-1.0, 1.0)), 2.0 * x - 1.0)
    seen = set()
    for before, after in zip(2.0 * x - 1.0, y, strict=True):
        for down in range(-2, 3):
            for right in range(-2, 3):
                moved = np.full_like(before, -1.0)
                rows = slice(max(down, 0), 8 + min(down, 0))
                columns = slice(max(right, 0), 6 + min(right, 0))
                from_rows = slice(max(-down, 0), 8 + min(-down, 0))
                from_columns = slice(max(-right, 0), 6 + min(-right, 0))
                moved[rows, columns] = before[from_rows, from_columns]
                if np.array_equal(moved, after):
                    seen.add((down, right))
    assert len(seen) == 25  # 2 rows of 8 and 2 columns of 6 (1.5, rounded) in every direction
    assert all(
        any(
            np.array_equal(np.roll(b, m, (0, 1))[2:-2, 2:-2], a[2:-2, 2:-2])
            for m in [(i, j) for i in range(-2, 3) for j in range(-2, 3)]
        )
        for b, a in zip(2.0 * x - 1.0, y, strict=True)
    )


def bilinear(row, start, share, length):
    """One row of pixels, read at the centres of the window's pixels."""
    sources = np.clip(start + (np.arange(length) + 0.5) * share - 0.5, 0, length - 1)
    return np.interp(sources, np.arange(length), row)


def test_a_window_is_enlarged_bilinearly():
    ramp = np.broadcast_to(np.arange(8.0)[:, None, None] / 8, (8, 6, 1))
    x = np.repeat(ramp[None], N, axis=0)
    y = applied(built("crop", shape=(8, 6, 1), least=0.5), x)[:, :, :, 0]
    assert np.allclose(y, y[:, :, :1], atol=1e-6)  # all columns are equal
    inner = np.diff(y[:, :, 0], axis=1).max(axis=1) * 8  # the share of the window
    assert inner.min() + 1e-4 >= 0.5
    assert inner.min() < 0.55
    assert 0.95 < inner.max() <= 1 + 1e-4
    for row, share in zip(y[:, :, 0], inner, strict=True):
        middle = 4  # no clipping here
        start = row[middle] * 8 - (middle + 0.5) * share + 0.5
        assert -1e-3 <= start <= (1 - share) * 8 + 1e-3
        assert np.allclose(row, bilinear(ramp[:, 0, 0], start, share, 8), atol=1e-4)


def test_the_whole_window_is_the_image_itself():
    x = images()
    assert np.allclose(applied(built("crop", least=1.0), x), x, atol=1e-6)


def test_one_number_is_added_to_all_values_within_the_range():
    x = 0.4 + 0.2 * images()
    y = applied(built("brightness", most=0.25), x)
    added = (y - x).reshape(N, -1)
    assert np.allclose(added, added[:, :1], atol=1e-6)
    assert -0.25 <= added.min() < -0.2
    assert 0.2 < added.max() <= 0.25
    clipped = applied(built("brightness", most=1.0, value_range=(-1.0, 1.0)), 2 * images() - 1)
    assert clipped.min() == -1.0
    assert clipped.max() == 1.0


def test_a_rectangle_anywhere_is_filled_with_the_middle_of_the_range():
    x = np.ones((N, 8, 6, 2))
    holes = applied(built("cutout", share=0.5, value_range=(-1.0, 1.0)), x) == 0.0
    assert (holes.all(axis=3) == holes.any(axis=3)).all()
    rows, columns = holes[..., 0].any(axis=2), holes[..., 0].any(axis=1)
    assert (holes[..., 0] == rows[:, :, None] & columns[:, None, :]).all()
    assert rows.sum(axis=1).max() == 4
    assert columns.sum(axis=1).max() == 3
    assert rows.any(axis=0).all()
    assert columns.any(axis=0).all()


def test_the_strength_of_the_noise_is_uniform_and_the_noise_is_normal():
    z = np.random.default_rng(0).normal(size=(N, 500))
    noise = applied(built("gaussian_noise", most=0.8), z) - z
    sigma = noise.std(axis=1)
    assert sigma.mean() == pytest.approx(0.4, abs=0.04)
    assert 0.72 < sigma.max() < 0.9
    scaled = noise / sigma[:, None]
    assert np.abs(scaled.mean()) < 0.01
    assert np.mean(scaled**4) == pytest.approx(3.0, abs=0.1)


def test_a_share_of_a_latent_is_replaced_by_noise_of_the_scale():
    z = np.full((N, 500), 10.0)
    y = applied(built("interpolate_noise", most=0.5, scale=3.0), z)
    tau = 1.0 - y.mean(axis=1) / 10.0
    assert -0.05 < tau.min() < 0.05
    assert 0.45 < tau.max() < 0.55
    assert np.allclose(y.std(axis=1), 3.0 * tau, atol=0.15)
