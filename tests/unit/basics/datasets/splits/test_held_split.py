"""Splits of arrays in memory are copies, which hold the examples at the given positions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import vaereg
from vaereg.basics.datasets.files.array_file import ArrayFile, open_array
from vaereg.basics.datasets.splits import held_split as module
from vaereg.basics.datasets.splits.indexed_split import IndexedSplit
from vaereg.basics.datasets.splits.scaling import Scaling

POSITIONS = np.array([7, 2, 5])
VALUES = np.arange(80, dtype=np.uint8).reshape(10, 2, 4)


def split(values: np.ndarray, scaling: Scaling = module.BYTES) -> vaereg.Split:
    return module.held_split(
        values, POSITIONS, shape=(2, 4, 1), targets=np.arange(10), scaling=scaling
    )


@pytest.mark.parametrize("clip", [None, (-1.0, 1.5)])
@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64", "int16"])
def test_an_array_in_memory_gives_the_same_examples_as_its_positions(
    dtype: str, clip: tuple[float, float] | None
) -> None:
    scaling = Scaling(factor=4 / 255, offset=-1.0, clip=clip)
    values = VALUES.astype(dtype)
    by_position = IndexedSplit(
        values=values,
        positions=POSITIONS,
        shape=(2, 4, 1),
        targets=np.arange(10),
        scaling=scaling,
    )

    held = split(values, scaling)

    assert isinstance(held, vaereg.ArraySplit)
    order = np.array([2, 0, 0])
    np.testing.assert_array_equal(held.take(order), by_position.take(order))
    np.testing.assert_array_equal(held.labels(order), by_position.labels(order))
    assert held.take(order).dtype == np.float32
    assert held.labels(order).dtype == np.int64


def test_bytes_are_mapped_to_the_same_floats_as_ever() -> None:
    held = split(VALUES)

    assert isinstance(held, vaereg.ArraySplit) and held.value_range == (0.0, 1.0)
    expected = VALUES[POSITIONS].reshape(3, 2, 4, 1).astype(np.float32) * np.float32(1 / 255)
    np.testing.assert_array_equal(held.take(np.arange(3)), expected)


def test_eight_bits_stay_eight_bits_and_others_become_float32() -> None:
    assert split(VALUES).values.dtype == np.uint8
    assert split(VALUES.astype(np.float64)).values.dtype == np.float32


def test_an_array_in_a_file_stays_on_disk(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", VALUES)

    held = split(open_array(tmp_path / "x.npy")[0])

    assert isinstance(held, IndexedSplit)
    assert isinstance(held.values, ArrayFile)


def test_a_large_array_is_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", VALUES.nbytes - 1)

    held = split(VALUES)

    assert isinstance(held, IndexedSplit)
    assert held.values is VALUES
