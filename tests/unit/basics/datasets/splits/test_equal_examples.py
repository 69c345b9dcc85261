"""Equal examples in two splits are found by their bytes, and told."""

from __future__ import annotations

import numpy as np
import pytest

from vaereg.basics.datasets.splits.equal_examples import equal_in_two_splits, example_hashes


@pytest.mark.parametrize("dtype", ["uint8", "bool", "<f4", ">f8", "float16", "int64"])
@pytest.mark.parametrize("shape", [(3,), (5, 5), (4, 3, 2)])
def test_examples_have_equal_hashes_exactly_if_their_bytes_are_equal(
    dtype: str, shape: tuple[int, ...]
) -> None:
    values = np.random.default_rng(0).integers(0, 3, (400, *shape)).astype(dtype)
    by_hash = np.unique(example_hashes(values), return_inverse=True)[1]
    by_bytes = np.unique([each.tobytes() for each in values], return_inverse=True)[1]
    assert len({*zip(by_hash.tolist(), by_bytes.tolist(), strict=True)}) == by_hash.max() + 1
    assert by_hash.max() == by_bytes.max()


def test_examples_that_differ_in_high_bits_or_in_order_have_different_hashes() -> None:
    words = np.uint64(1) << np.arange(64, dtype=np.uint64)
    assert len(np.unique(example_hashes(words[:, None]))) == 64
    pair = np.array([[1, 2], [2, 1]], np.uint64)
    assert len(np.unique(example_hashes(pair))) == 2


def test_each_two_splits_that_share_examples_are_told_with_count_and_example() -> None:
    hashes = {
        "train": np.array([1, 2, 3, 3], np.uint64),
        "validation": np.array([9, 8], np.uint64),
        "test": np.array([7, 3, 8, 3], np.uint64),
    }
    first, second = equal_in_two_splits(hashes, lambda split, at: f"{split}[{at}]", "rows")
    assert "2 of 4 rows of the test split are equal to some of the train split" in first
    assert "such as test[1] and train[2]" in first
    assert "1 of 4 rows of the test split are equal to some of the validation split" in second
