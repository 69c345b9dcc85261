"""Statistics of layout show symmetry, seams, periods and repetition."""

from __future__ import annotations

import numpy as np
import pytest

from vaereg.basics.feature_extractors.textures.filter_bank import centre_surround
from vaereg.basics.feature_extractors.textures.layout_statistics import (
    grid_means,
    repetitions,
    seams_and_periods,
    symmetries,
)
from vaereg.basics.feature_extractors.textures.pooled import ROUNDING


def smooth(seed=0, side=24):
    rng = np.random.default_rng(seed)
    i, j = np.mgrid[:side, :side] / side
    a, b, c = rng.uniform(1, 3, 3)
    return (0.5 + 0.2 * np.sin(a * i + b * j) + 0.2 * np.cos(c * (i - j)))[None].astype(np.float32)


def test_a_grid_holds_the_mean_of_each_cell():
    plane = np.arange(36.0, dtype=np.float32).reshape(1, 6, 6)

    found = grid_means(plane, "brightness", cells=2)

    due = [plane[0, r : r + 3, c : c + 3].mean() for r in (0, 3) for c in (0, 3)]
    np.testing.assert_allclose(np.concatenate(list(found.values())), due)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("left-right", lambda x: np.concatenate([x[..., :12], x[..., :12][..., ::-1]], axis=2)),
        ("top-bottom", lambda x: np.concatenate([x[:, :12], x[:, :12][:, ::-1]], axis=1)),
        ("half-right", lambda x: np.concatenate([x[..., :12], x[..., :12]], axis=2)),
        ("half-down", lambda x: np.concatenate([x[:, :12], x[:, :12]], axis=1)),
    ],
)
def test_halves_that_are_repeated_show(name, change):
    plane = smooth()

    found = symmetries(change(plane))

    assert found[f"{name} energy"][0] == pytest.approx(np.log(ROUNDING))
    assert found[f"{name} active"][0] == 0
    assert symmetries(plane)[f"{name} energy"][0] > np.log(ROUNDING) + 1


@pytest.mark.parametrize(("name", "axis"), [("columns", 2), ("rows", 1)])
def test_a_seam_shows_across_its_direction(name, axis):
    plane = smooth()
    pasted = plane.copy()
    np.moveaxis(pasted, axis, 0)[9:] += 0.2

    before, after = seams_and_periods(plane), seams_and_periods(pasted)

    other = {"columns": "rows", "rows": "columns"}[name]
    for kind in ("line", "seam"):
        assert after[f"{name} {kind}"][0] > before[f"{name} {kind}"][0] + 1
        assert after[f"{other} {kind}"][0] < before[f"{other} {kind}"][0] + 0.1


@pytest.mark.parametrize("period", [4, 8])
def test_blocks_show_at_their_period(period):
    i, j = np.mgrid[:24, :24] // period
    blocks = 0.5 + 0.1 * ((i + j) % 2)

    found = seams_and_periods(blocks[None].astype(np.float32))

    assert found[f"columns period {period}"][0] > 0.8 * period
    assert found["columns period 2"][0] < 2.1


def test_a_pattern_agrees_with_itself_at_its_period():
    i, j = np.mgrid[:24, :24]
    dots = 0.5 + 0.1 * ((i % 4 == 0) & (j % 4 == 0))

    found = repetitions(centre_surround(dots[None].astype(np.float32)))

    assert found["lag 0 4"][0] == pytest.approx(found["lag 4 4"][0], rel=0.2)
    assert found["lag 0 4"][0] > 3 * abs(found["lag 0 2"][0])
    assert found["lag 0 1"][0] < 0
