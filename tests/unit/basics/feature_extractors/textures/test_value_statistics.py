"""Statistics of values show contrast, casts and posterization."""

from __future__ import annotations

import numpy as np
import pytest

from vaereg.basics.feature_extractors.textures.value_statistics import (
    brightness_statistics,
    colour_statistics,
    level_statistics,
)

RAMP = (np.arange(256).reshape(1, 16, 16) / 255).astype(np.float32)


def test_a_ramp_has_the_moments_of_a_uniform_distribution():
    found = brightness_statistics(RAMP)

    assert found["mean"][0] == pytest.approx(0.5)
    assert found["contrast"][0] == pytest.approx(np.log(1 / np.sqrt(12)), abs=0.01)
    assert found["skewness"][0] == pytest.approx(0, abs=1e-4)
    assert found["lightest"][0] == pytest.approx((1 / 9) ** (1 / 8), abs=0.01)
    assert found["darkest"][0] == pytest.approx(found["lightest"][0])


def test_black_and_white_are_counted():
    half = np.zeros((1, 16, 16), np.float32)
    half[:, 4:] = 1

    found = brightness_statistics(half)

    assert found["not black"][0] == pytest.approx(0.75, abs=1e-3)
    assert found["not white"][0] == pytest.approx(0.25, abs=1e-3)


def test_posterized_images_use_few_levels_unevenly():
    posterized = np.round(RAMP * 15) / 15

    full, few = level_statistics(RAMP[..., None]), level_statistics(posterized[..., None])

    assert full["levels"][0] == pytest.approx(np.log1p(254))
    assert few["levels"][0] == pytest.approx(np.log1p(14))
    assert full["uneven levels"][0] == 0
    assert few["uneven levels"][0] > 1.8


def test_colours_of_shadows_and_lights_differ_from_the_mean():
    colour = RAMP - np.float32(0.5)

    found = colour_statistics(colour, RAMP)

    assert found["mean"][0] == pytest.approx(0, abs=1e-6)
    assert found["shadows"][0] < -0.3
    assert found["lights"][0] > 0.3


def test_levels_are_averaged_over_channels():
    both = np.stack([RAMP, np.round(RAMP * 15) / 15], axis=-1).astype(np.float32)

    found = level_statistics(both)

    assert found["levels"][0] == pytest.approx((np.log1p(254) + np.log1p(14)) / 2)
