import math

import numpy as np
import pytest

from tests.helpers.measured_runs import score
from vaereg.comparison.statistics.shortfall import (
    influences_on_shortfall,
    is_directed,
    shortfall,
    slope,
)

LOWER = score("kernel_distance", 0.0, direction=-1)
HIGHER = score("coverage", 0.0, direction=1, share=True)
GAP = score("hf_gap", 0.0, ideal=0.0, unit="dB")
RATIO = score("sharpness_ratio", 1.0, ideal=1.0)
NEITHER = score("active_units", 0.0)


@pytest.mark.parametrize(
    ("told", "better", "worse"),
    [
        (LOWER, -0.1, 0.1),
        (HIGHER, 0.9, 0.2),
        (GAP, 1.0, -2.0),
        (GAP, -1.0, 2.0),
        (RATIO, 1.5, 0.5),
    ],
)
def test_the_better_of_two_values_has_the_smaller_shortfall(told, better, worse):
    assert shortfall(told, better) < shortfall(told, worse)


def test_twice_as_sharp_is_as_bad_as_half_as_sharp():
    assert (
        shortfall(RATIO, 2.0) == pytest.approx(shortfall(RATIO, 0.5)) == pytest.approx(math.log(2))
    )


def test_if_no_value_is_better_the_effect_is_b_minus_a():
    assert shortfall(NEITHER, 3.0) - shortfall(NEITHER, 5.0) == 2.0
    assert [is_directed(each) for each in (LOWER, HIGHER, GAP, RATIO, NEITHER)] == [True] * 4 + [
        False
    ]


@pytest.mark.parametrize("told", [LOWER, HIGHER, GAP, RATIO, NEITHER])
@pytest.mark.parametrize("value", [0.3, 0.9, 1.7])
def test_influences_are_multiplied_by_the_derivative(told, value):
    step = 1e-6
    numerical = (shortfall(told, value + step) - shortfall(told, value - step)) / (2 * step)
    assert slope(told, value) == pytest.approx(numerical, rel=1e-6)
    influences = np.array([0.5, -1.0])
    assert influences_on_shortfall(told, value, influences) == pytest.approx(
        numerical * influences, rel=1e-6
    )


def test_a_gap_below_its_ideal_improves_by_rising():
    assert slope(GAP, -6.0) == -1.0
    assert influences_on_shortfall(GAP, -6.0, None) is None


def test_a_ratio_of_zero_is_bad_and_finite():
    assert 10 < shortfall(RATIO, 0.0) < math.inf
