import pytest

from vaereg.comparison.comparison import Difference
from vaereg.comparison.figures import (
    agreeing_pairs,
    change,
    change_interval,
    figure,
    median_change,
    range_of_changes,
    short_percent,
)


@pytest.mark.parametrize(
    ("value", "fields", "told"),
    [
        (0.2341, {"share": True}, "23.4 %"),
        (-6.3123, {"unit": "dB"}, "-6.31 dB"),
        (0.012345, {}, "0.0123"),
        (123.456, {}, "123"),
        (1234567.0, {}, "1234567"),
        (0.0000123, {}, "1.2e-05"),
        (0.0, {}, "0"),
        (None, {}, ""),
        (float("nan"), {}, ""),
    ],
)
def test_figures_have_three_digits_or_are_percent(value, fields, told):
    assert figure(value, **fields) == told


def difference(**fields):
    told = {"name": "x", "question": "sharp", "direction": 1, "value_a": 0.0, "value_b": 0.0}
    return Difference(**{**told, **fields})


def test_a_change_has_its_sign_and_unit():
    assert change(difference(effect=0.52, share=True)) == "+52.0 points"
    assert change(difference(effect=-2.15, unit="dB")) == "-2.15 dB"
    assert change(difference(effect=0.3, in_logarithms=True)) == "+0.300 log ratio"
    assert change_interval(difference(effect=0.3, low=-0.1, high=0.7)) == "[-0.100, +0.700]"
    assert change_interval(difference(effect=0.3)) == ""


@pytest.mark.parametrize(
    ("by_seed", "told"),
    [
        ((0.1, 0.3, 0.2), ("3 of 3", "+20.0 points", "+10.0 to +30.0")),
        ((-0.1, 0.3, 0.0, -0.2), ("2 of 4", "-5.0 points", "-20.0 to +30.0")),
        ((0.0, 0.0), ("0 of 2", "+0.0 points", "+0.0 to +0.0")),
    ],
)
def test_few_seeds_are_summed_up_by_what_they_show(by_seed, told):
    of_seeds = difference(effect=0.0, share=True, by_seed=by_seed)
    found = agreeing_pairs(of_seeds), median_change(of_seeds), range_of_changes(of_seeds)
    assert found == told


def test_a_confidence_has_one_decimal_where_it_needs_it():
    assert (short_percent(0.95), short_percent(1 - 0.05 / 3)) == ("95 %", "98.3 %")
