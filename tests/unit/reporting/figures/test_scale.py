from __future__ import annotations

import numpy as np
import pytest

from vaereg.reporting.figures.scale import Linear, Logarithmic, linear, logarithmic, round_step

RANGES = [(0.0, 1.0), (-6.3, 0.2), (229.4, 476.0), (1e-9, 3e-9), (-5e6, 7e8), (99.99, 100.0)]


@pytest.mark.parametrize(("low", "high"), RANGES)
def test_ticks_of_a_linear_scale_are_even_and_within_it(low: float, high: float) -> None:
    scale = Linear(low, high)

    ticks = np.array(scale.ticks(5))

    assert 2 <= len(ticks) <= 7
    assert np.allclose(np.diff(ticks), np.diff(ticks)[0])
    span = high - low
    assert ticks.min() >= low - 1e-6 * span
    assert ticks.max() <= high + 1e-6 * span


@pytest.mark.parametrize(("low", "high"), RANGES)
def test_a_scale_of_values_has_round_ends_and_wastes_little(low: float, high: float) -> None:
    scale = linear([np.array([low, high])])

    assert scale.low <= low + 1e-9 * abs(low)
    assert scale.high >= high - 1e-9 * abs(high)
    assert (scale.high - scale.low) <= 1.45 * (high - low)
    assert scale.place(np.array([scale.low, scale.high])) == pytest.approx([0.0, 1.0])


def test_values_that_are_all_equal_still_get_a_scale() -> None:
    for value in (0.0, 7.0, -3.0):
        scale = linear([np.full(4, value)])
        assert scale.low < value < scale.high
        assert scale.ticks(4)


def test_values_that_are_not_finite_are_left_out_of_a_scale() -> None:
    scale = linear([np.array([1.0, np.nan, np.inf, 2.0])])

    assert (scale.low, scale.high) == pytest.approx((1.0, 2.0))


def test_further_values_can_be_included() -> None:
    assert linear([np.array([4.0, 5.0])], include=[0.0]).low == 0.0


def test_a_logarithmic_scale_places_equal_ratios_equally_far_apart() -> None:
    scale = Logarithmic(0.01, 100.0)

    assert scale.place(np.array([0.01, 0.1, 1.0, 10.0, 100.0])) == pytest.approx(
        [0.0, 0.25, 0.5, 0.75, 1.0]
    )


@pytest.mark.parametrize(("low", "high"), [(0.0101, 0.99), (1e-12, 1e9), (2.0, 3.0), (0.3, 40.0)])
def test_ticks_of_a_logarithmic_scale_lie_within_it(low: float, high: float) -> None:
    ticks = Logarithmic(low, high).ticks(5)

    assert 2 <= len(ticks) <= 9
    assert all(low * 0.99 <= tick <= high * 1.01 for tick in ticks)
    assert ticks == sorted(ticks)


def test_a_logarithmic_scale_ignores_zeros_and_less() -> None:
    scale = logarithmic([np.array([0.0, -3.0, 0.1, 10.0])])

    assert scale.low == pytest.approx(0.1, rel=0.2)
    assert scale.high == pytest.approx(10.0, rel=0.2)


def test_a_logarithmic_scale_of_nothing_positive_is_still_a_scale() -> None:
    scale = logarithmic([np.zeros(3)])

    assert 0 < scale.low < scale.high


@pytest.mark.parametrize(
    ("rough", "expected"),
    [(0.9, 1.0), (1.0, 1.0), (1.1, 2.0), (3.0, 5.0), (7.0, 10.0), (0.03, 0.05)],
)
def test_round_steps_are_one_two_or_five_times_a_power_of_ten(
    rough: float, expected: float
) -> None:
    assert round_step(rough) == pytest.approx(expected)


@pytest.mark.parametrize("rough", [0.0, -1.0, float("nan"), float("inf")])
def test_a_step_that_is_not_positive_is_an_error(rough: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        round_step(rough)
