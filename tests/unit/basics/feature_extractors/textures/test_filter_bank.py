"""Each filter of the bank answers the pattern that it is for with gain 1."""

from __future__ import annotations

import numpy as np
import pytest

from vaereg.basics.feature_extractors.textures.filter_bank import centre_surround, filter_responses

ROW, COLUMN = np.mgrid[:24, :24]


def responses(pattern):
    return dict(filter_responses(pattern[None].astype(np.float32)))


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("xx0", (-1.0) ** COLUMN),
        ("yy0", (-1.0) ** ROW),
        ("xy0", (-1.0) ** (ROW + COLUMN)),
        ("centre0", (-1.0) ** (ROW + COLUMN)),
        ("columns0", (-1.0) ** COLUMN),
        ("rows0", (-1.0) ** ROW),
        ("corner0", (-1.0) ** (ROW + COLUMN)),
        ("x0", (-1.0) ** COLUMN),
        ("y0", (-1.0) ** ROW),
    ],
)
def test_a_filter_has_gain_1_at_its_frequency(name, pattern):
    np.testing.assert_allclose(np.abs(responses(pattern)[name]), 1.0, atol=1e-6)


@pytest.mark.parametrize(("scale", "period"), [(1, 4), (2, 8)])
def test_coarser_filters_answer_longer_periods(scale, period):
    wave = np.cos(2 * np.pi * COLUMN / period)
    smoothing = np.cos(np.pi / 4) ** 2  # (1, 2, 1) / 4 at the last scale's step
    if scale == 2:
        smoothing *= np.cos(np.pi / 8) ** 2

    found = responses(wave)[f"xx{scale}"].reshape(24, -1)

    inner = found[:, 3:-3]  # the border is repeated, which bends the wave
    np.testing.assert_allclose(np.abs(inner).max(axis=1), smoothing, atol=1e-5)


def test_a_constant_image_has_no_response():
    for name, found in responses(np.full((24, 24), 0.7)).items():
        np.testing.assert_allclose(found, 0, atol=1e-6, err_msg=name)


def test_filters_answer_their_own_direction_only():
    columns = responses((-1.0) ** COLUMN)

    for name in ("y0", "yy0", "rows0", "xy0", "corner0"):
        np.testing.assert_allclose(columns[name], 0, atol=1e-6, err_msg=name)


def test_a_diagonal_step_is_found_in_its_direction():
    step = (ROW > COLUMN).astype(float)

    found = responses(step)

    assert not found["falling0"].any()
    assert found["rising0"].max() == 0.5


def test_a_dot_stands_out_from_its_surround():
    dot = np.zeros((1, 5, 5), np.float32)
    dot[0, 2, 2] = 1

    found = centre_surround(dot)

    assert found[0, 2, 2] == 0.5
    assert found[0, 2, 1] == -0.125
    assert found.sum() == 0
