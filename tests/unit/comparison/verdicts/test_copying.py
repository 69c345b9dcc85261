import pytest

from tests.helpers.evaluations import make_score
from vaereg.comparison.verdicts.copying import is_copying, mean_lower_end, reference_copies


def rate(low, reference=0.01):
    return make_score("copy_rate_pixels", low + 0.02, low=low, high=low + 0.04, reference=reference)


@pytest.mark.parametrize(
    ("lows", "reference", "copying"),
    [
        ([0.031], 0.01, True),
        ([0.029], 0.01, False),  # not three times as many as real data
        ([0.019], 0.001, False),  # too few
        ([0.021], 0.001, True),
        ([0.031], None, True),  # real data has 1 % by definition
        ([0.029], None, False),
        ([0.05, 0.02], 0.01, True),  # the mean over runs
        ([0.05, 0.0], 0.01, False),
    ],
)
def test_copying_is_a_rate_clearly_above_that_of_real_data(lows, reference, copying):
    assert is_copying([rate(low, reference) for low in lows]) == copying


def test_a_score_without_an_interval_counts_as_it_is():
    assert mean_lower_end([make_score("a", 0.4), rate(0.2)]) == pytest.approx(0.3)


def test_without_a_reference_real_data_has_one_percent():
    assert reference_copies(rate(0.1, None)) == 0.01
    assert reference_copies(rate(0.1, 0.002)) == 0.002
