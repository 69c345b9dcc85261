"""The order of examples by their content: the same for every order in which they come."""

from __future__ import annotations

import numpy as np

from vaereg import order_by_content


def test_the_order_follows_content_and_not_positions() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(50, 4))
    shuffled = values[rng.permutation(50)]

    np.testing.assert_array_equal(
        values[order_by_content(values)], shuffled[order_by_content(shuffled)]
    )


def test_it_is_a_permutation_and_other_seeds_give_others() -> None:
    values = np.arange(40.0).reshape(40, 1)
    first, second = order_by_content(values), order_by_content(values, seed=1)

    np.testing.assert_array_equal(np.sort(first), np.arange(40))
    assert not np.array_equal(first, second)


def test_equal_rows_are_spread_over_the_order() -> None:
    rng = np.random.default_rng(0)
    values = np.concatenate([np.zeros((200, 3)), rng.normal(size=(200, 3))])

    chosen = values[order_by_content(values)[:200]]
    equal = np.sum(~chosen.any(axis=1))

    assert 70 < equal < 130  # 100 on average, with a standard deviation of 5
    mixed = values[rng.permutation(400)]
    np.testing.assert_array_equal(chosen, mixed[order_by_content(mixed)[:200]])


def test_both_zeros_are_one_value() -> None:
    values = np.array([[0.0, 1.0], [2.0, -0.0], [3.0, 0.0]])

    np.testing.assert_array_equal(order_by_content(values), order_by_content(values + 0.0))
