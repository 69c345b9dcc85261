"""Values gathered on the device equal those from the split."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

import vaereg
from vaereg.model.batch_source import BatchSource

BYTES = np.arange(256, dtype=np.uint8).reshape(64, 4)


@pytest.mark.parametrize("value_range", [(0.0, 1.0), (-1.0, 1.0), (0.0, 255.0)])
def test_bytes_are_mapped_to_the_range_as_the_split_maps_them(value_range):
    split = vaereg.ArraySplit(BYTES, value_range=value_range)

    got = BatchSource.of(split).in_range(ops.convert_to_tensor(BYTES[:16]))

    np.testing.assert_allclose(
        ops.convert_to_numpy(got), split.take(np.arange(16)), rtol=1e-6, atol=1e-6
    )


def test_floats_are_not_changed():
    values = np.random.default_rng(0).normal(size=(8, 3)).astype("float32")
    source = BatchSource.of(vaereg.ArraySplit(values))

    np.testing.assert_array_equal(ops.convert_to_numpy(source.in_range(values)), values)


def test_a_source_without_values_takes_examples():
    values = np.full((2, 3), 7.0, "float32")

    assert BatchSource().values is None
    np.testing.assert_array_equal(ops.convert_to_numpy(BatchSource().in_range(values)), values)
