import random

import numpy as np
import pytest

from vaereg.host.isolated_rng import isolated_rng


def draws():
    return random.random(), np.random.rand()  # the global generator is tested


def test_within_equal_seeds_give_equal_draws():
    with isolated_rng(3):
        first = draws()
    with isolated_rng(3):
        second = draws()
    with isolated_rng(4):
        assert draws() != first
    assert first == second


@pytest.mark.parametrize("fails", [False, True])
def test_afterwards_random_states_are_as_before(fails):
    random.seed(1)
    np.random.seed(1)  # the global generator is tested
    expected = draws()
    random.seed(1)
    np.random.seed(1)  # the global generator is tested
    try:
        with isolated_rng(3):
            draws()
            if fails:
                raise ValueError
    except ValueError:
        pass
    assert draws() == expected
