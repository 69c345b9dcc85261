"""The masks: which values are changed, and that every value affects every other."""

from __future__ import annotations

import math

import numpy as np
import pytest
from vaereg_plugin_flow.alternating_masks import alternating_masks


@pytest.mark.parametrize("size", [2, 3, 7, 16, 392])
def test_each_coupling_keeps_half_of_the_values_and_the_next_one_the_others(size):
    masks = alternating_masks(8, size)

    for first, second in zip(masks[0::2], masks[1::2], strict=True):
        assert first.sum() == (size + 1) // 2
        assert np.array_equal(first + second, np.ones(size))
        assert first.dtype == np.float32


def test_of_eight_values_the_pairs_keep_halves_then_quarters_then_eighths():
    first, _, third, _, fifth, _ = alternating_masks(6, 8)

    assert first.tolist() == [1, 1, 1, 1, 0, 0, 0, 0]
    assert third.tolist() == [1, 1, 0, 0, 1, 1, 0, 0]
    assert fifth.tolist() == [1, 0, 1, 0, 1, 0, 1, 0]


@pytest.mark.parametrize("size", [*range(2, 34), 100, 392])
def test_any_two_values_are_separated_within_log2_of_size_pairs(size):
    masks = np.array(alternating_masks(2 * math.ceil(math.log2(size)), size))

    sides = {tuple(column) for column in masks.T}

    assert len(sides) == size


def test_an_odd_number_of_couplings_ends_within_a_pair():
    assert len(alternating_masks(3, 4)) == 3
