"""The kernel distance against explicit sums, and its error against repeated samples."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from vaereg.basics.metrics.formulas import multiscale_discrepancy as module
from vaereg.basics.metrics.formulas.multiscale_discrepancy import SCALES, multiscale_discrepancy


def drawn(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def by_double_loop(x: np.ndarray, y: np.ndarray) -> float:
    width = np.mean([np.sum((a - b) ** 2) for a, b in itertools.permutations(y, 2)])

    def k(a: np.ndarray, b: np.ndarray) -> float:
        return float(np.mean([s * width / (s * width + np.sum((a - b) ** 2)) for s in SCALES]))

    return float(
        np.mean(
            [
                k(x[i], x[j]) + k(y[i], y[j]) - k(x[i], y[j]) - k(x[j], y[i])
                for i, j in itertools.permutations(range(len(x)), 2)
            ]
        )
    )


@pytest.mark.parametrize("shift", [0.0, 100.0])
def test_it_equals_the_double_sum(shift: float) -> None:
    x, y = drawn(9, 3) + 0.5 + shift, 2 * drawn(9, 3, seed=1) + shift

    np.testing.assert_allclose(multiscale_discrepancy(x, y)[0], by_double_loop(x, y), rtol=1e-9)


def test_the_units_of_the_latent_make_no_difference() -> None:
    x, y = drawn(9, 3) + 0.5, drawn(9, 3, seed=1)

    np.testing.assert_allclose(
        multiscale_discrepancy(7 * x, 7 * y)[0], multiscale_discrepancy(x, y)[0], rtol=1e-9
    )


def test_blocks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = drawn(11, 3), drawn(11, 3, seed=1)
    value, influence = multiscale_discrepancy(x, y)
    monkeypatch.setattr(module, "BLOCK", 40)

    np.testing.assert_allclose(multiscale_discrepancy(x, y)[0], value, rtol=1e-9)
    np.testing.assert_allclose(multiscale_discrepancy(x, y)[1], influence, rtol=1e-9)


def test_it_is_zero_on_average_for_one_law_and_above_for_two() -> None:
    pairs = [(drawn(60, 4, seed=s), drawn(60, 4, seed=s + 999)) for s in range(200)]
    same = [multiscale_discrepancy(x, y)[0] for x, y in pairs]
    apart = multiscale_discrepancy(drawn(300, 4) + 0.5, drawn(300, 4, seed=1))[0]

    error = np.std(same) / np.sqrt(200)
    assert abs(np.mean(same)) < 4 * error
    assert apart > 5 * np.std(same)


def test_influences_give_the_standard_deviation_over_samples() -> None:
    runs = [
        multiscale_discrepancy(drawn(200, 3, seed=s) + 0.5, 1.5 * drawn(200, 3, seed=s + 999))
        for s in range(200)
    ]
    errors = [np.sqrt(np.var(influence, ddof=1) / 200) for _, influence in runs]

    # 200 samples tell a standard deviation to 5 %.
    np.testing.assert_allclose(np.mean(errors), np.std([v for v, _ in runs], ddof=1), rtol=0.15)


def test_equal_rows_have_a_finite_distance() -> None:
    value, influence = multiscale_discrepancy(drawn(5, 2), np.ones((5, 2)))

    assert np.isfinite(value)
    assert np.isfinite(influence).all()
