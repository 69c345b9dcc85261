"""Whole numbers from a caller: which are accepted, and the errors for all others."""

import numpy as np
import pytest

from vaereg.errors import UsageError
from vaereg.trained.whole_number import whole_number


@pytest.mark.parametrize("value", [3, np.int32(3), np.uint8(3)])
def test_whole_numbers_of_python_and_numpy_become_ints(value):
    taken = whole_number("n", value, 1, 3)
    assert taken == 3 and type(taken) is int


@pytest.mark.parametrize("value", [True, np.True_, 3.0, "3", None, [3], np.float32(3)])
def test_other_values_than_whole_numbers_are_refused(value):
    with pytest.raises(UsageError, match="n must be a whole number of at least 1; got"):
        whole_number("n", value, 1)


@pytest.mark.parametrize("value", [0, 10, -(10**30), 10**30])
def test_a_value_outside_the_range_is_an_error_that_names_the_range(value):
    with pytest.raises(UsageError, match=f"seed must be a whole number from 1 to 9; got {value}"):
        whole_number("seed", value, 1, 9)
