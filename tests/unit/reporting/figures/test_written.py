from __future__ import annotations

import pytest

from vaereg.reporting.figures import written

MINUS, NARROW = "\u2212", "\u202f"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, "0"),
        (1234.6, "1,235"),
        (0.01234, "0.0123"),
        (-6.0, f"{MINUS}6.00"),
        (99.95, "100.0"),
        (1.2e-7, "1.20e-7"),
        (3e9, "3.00e9"),
        (float("nan"), "\u2013"),
    ],
)
def test_three_significant_digits(value: float, expected: str) -> None:
    assert written.significant(value) == expected


def test_shares_are_reported_in_percent() -> None:
    assert written.percent(0.1234) == f"12.3{NARROW}%"
    assert written.percent(float("nan")) == "\u2013"


def test_a_negative_number_that_rounds_to_zero_has_no_sign() -> None:
    assert written.percent(-0.00001) == f"0.0{NARROW}%"


def test_ticks_have_enough_decimals_to_be_distinct() -> None:
    assert written.ticks([0.0, 0.05, 0.1]) == ["0.00", "0.05", "0.10"]
    assert written.ticks([-5.0, 0.0, 5.0]) == [f"{MINUS}5", "0", "5"]
    assert written.ticks([0.0, 2000.0]) == ["0", "2,000"]
    assert written.ticks([0.1 * each for each in range(4)]) == ["0.0", "0.1", "0.2", "0.3"]
    assert written.ticks([]) == []


def test_ticks_of_a_logarithmic_axis_need_no_common_decimals() -> None:
    assert written.alone([0.01, 1.0, 100.0]) == ["0.01", "1", "100"]
    assert written.alone([1e-9, 2e7]) == ["10⁻⁹", "2·10⁷"]


def test_labels_of_ticks_differ_from_each_other() -> None:
    for ticks in ([1e-9, 2e-9, 3e-9], [1e8, 2e8], [0.00001, 0.00002], [99.990, 99.995, 100.0]):
        labels = written.ticks(ticks)
        assert len(set(labels)) == len(ticks), labels
