"""Splits in memory, and the specification of data."""

from __future__ import annotations

import numpy as np

from vaereg.contracts.data import ArraySplit, DataSpec, Split

BYTES = np.array([[0, 51], [102, 255]], dtype=np.uint8)


def test_a_split_in_memory_keeps_the_contract_of_a_split():
    assert isinstance(ArraySplit(BYTES), Split)
    assert len(ArraySplit(BYTES)) == 2


def test_bytes_are_mapped_to_the_range_in_the_order_of_the_positions():
    split = ArraySplit(BYTES, value_range=(-1.0, 1.0))

    taken = split.take(np.array([1, 0, 1]))

    assert taken.dtype == np.float32
    np.testing.assert_allclose(taken, [[-0.2, 1.0], [-1.0, -0.6], [-0.2, 1.0]], atol=1e-6)


def test_floats_are_taken_as_they_are():
    values = np.array([[0.25], [7.0]])

    np.testing.assert_array_equal(ArraySplit(values).take(np.array([1])), np.float32([[7.0]]))


def test_labels_are_int64_or_none():
    labels = ArraySplit(BYTES, targets=np.array([3, 4], np.uint8)).labels(np.array([1]))

    assert labels.dtype == np.int64
    assert labels.tolist() == [4]
    assert ArraySplit(BYTES).labels(np.array([1])) is None


def test_a_spec_counts_the_values_and_channels_of_an_example():
    spec = DataSpec(shape=(8, 6, 3))

    assert (spec.dimensions, spec.channels) == (144, 3)
