"""The axes of the channels are brightness and opponent colours."""

from __future__ import annotations

import numpy as np

from vaereg.basics.feature_extractors.textures.channel_axes import channel_axes


def test_the_axes_of_colour_images_are_those_of_ohta():
    x = np.random.default_rng(0).uniform(size=(2, 3, 4, 3)).astype(np.float32)
    red, green, blue = np.moveaxis(x, -1, 0)

    found = channel_axes(x)

    due = [(red + green + blue) / 3, (red - blue) / 2, (red - 2 * green + blue) / 4]
    np.testing.assert_allclose(found, due, atol=1e-6)


def test_grey_images_have_brightness_only():
    x = np.random.default_rng(0).uniform(size=(2, 3, 4, 1)).astype(np.float32)

    (found,) = channel_axes(x)

    np.testing.assert_array_equal(found, x[..., 0])


def test_grey_pixels_have_no_colour_with_any_number_of_channels():
    x = np.repeat(np.linspace(0, 1, 6, dtype=np.float32).reshape(1, 2, 3, 1), 5, axis=-1)

    brightness, *colours = channel_axes(x)

    np.testing.assert_allclose(brightness, x[..., 0], atol=1e-6)
    np.testing.assert_allclose(colours, 0, atol=1e-6)
    assert len(colours) == 4
