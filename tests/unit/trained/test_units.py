"""A trained model takes and gives examples in the units of the files."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

import vaereg
from tests.helpers.tiny_run import blobs
from tests.unit.trained.conftest import train_tiny
from vaereg.contracts.data import ArraySplit, Data, DataSpec
from vaereg.errors import DataError, UsageError
from vaereg.trained.units import given_examples, taken_examples

SIXTEEN = DataSpec(
    form="image", shape=(4, 3, 1), value_range=(0.0, 1.0), original_range=(0.0, 16.0), levels=17
)
COLUMNS = DataSpec(form="vector", shape=(2,), value_range=None)
STANDARDIZED = Data(
    spec=COLUMNS,
    train=ArraySplit(np.zeros((2, 2), np.float32)),
    to_display=lambda values: values * 10 + 50,
    from_display=lambda values: (values - 50) / 10,
)


def unread() -> Data:
    raise AssertionError("the data was read")


@pytest.fixture(scope="module")
def deep(tmp_path_factory: pytest.TempPathFactory) -> vaereg.TrainedModel:
    """A model of 16-bit images."""
    arrays = {
        name: blobs(count, seed).astype(np.uint16) * 257
        for name, count, seed in (("x_train", 256, 0), ("x_val", 40, 1), ("x_test", 8, 2))
    }
    return vaereg.load(train_tiny(tmp_path_factory.mktemp("deep"), **arrays), quiet=True)


def test_a_model_of_16_bit_images_takes_and_gives_them_in_their_own_units(
    deep: vaereg.TrainedModel,
) -> None:
    stored = blobs(6, 3).astype(np.uint16) * 257
    own = stored.astype(np.float32) / 65535

    encoded = deep.encode(stored, units="original").mode
    np.testing.assert_allclose(encoded, deep.encode(own).mode, atol=1e-5)
    back = deep.reconstruct(stored, units="original")
    np.testing.assert_allclose(back, deep.reconstruct(own) * 65535, rtol=1e-3, atol=1)
    np.testing.assert_allclose(deep.decode(encoded, units="original"), back, rtol=1e-3, atol=5)
    bound = deep.score(stored, samples=4, units="original")["elbo"]
    np.testing.assert_allclose(bound, deep.score(own, samples=4)["elbo"], rtol=1e-3)
    assert 255 < deep.sample(4, units="original").max() <= 65535
    assert np.array_equal(
        np.rint(deep.examples(8, units="original")), blobs(8, 2).astype(float) * 257
    )


def test_images_are_mapped_from_the_range_they_were_stored_in() -> None:
    stored = np.arange(24).reshape(2, 4, 3) % 17
    taken, single = taken_examples(stored, "original", SIXTEEN, unread)
    assert not single and taken.dtype == np.float32
    np.testing.assert_allclose(taken[..., 0] * 16, stored, atol=1e-5)
    np.testing.assert_allclose(
        given_examples(taken, "original", SIXTEEN, unread)[..., 0], stored, atol=1e-5
    )


def test_columns_are_standardized_and_written_back() -> None:
    taken, single = taken_examples([50.0, 60.0], "original", COLUMNS, lambda: STANDARDIZED)
    assert single and taken.tolist() == [[0.0, 1.0]]
    given = given_examples(taken, "original", COLUMNS, lambda: STANDARDIZED)
    assert given.tolist() == [[50.0, 60.0]]


def test_booleans_have_no_scale_where_the_files_hold_other_values() -> None:
    with pytest.raises(vaereg.DataError, match=r"from 0 to 16.*got booleans"):
        taken_examples(np.ones((2, 4, 3, 1), bool), "original", SIXTEEN, unread)


def test_values_outside_the_original_range_are_refused() -> None:
    with pytest.raises(DataError, match=r"from 0 to 16, as in the files.*got values from 0 to 17"):
        taken_examples(np.eye(4)[..., :3] * 17, "original", SIXTEEN, unread)
    with pytest.raises(DataError, match="NaN"):
        taken_examples([np.nan, 0.0], "original", COLUMNS, lambda: STANDARDIZED)


def test_data_without_an_inverse_and_unknown_units_are_refused() -> None:
    one_way = attrs.evolve(STANDARDIZED, from_display=None)
    with pytest.raises(DataError, match="no from_display"):
        taken_examples([50.0, 60.0], "original", COLUMNS, lambda: one_way)
    with pytest.raises(UsageError, match='units must be "model" or "original"; got \'mm\''):
        taken_examples([50.0, 60.0], "mm", COLUMNS, unread)


def test_bytes_are_not_taken_as_images_where_the_range_is_0_to_16() -> None:
    with pytest.raises(DataError, match="got uint8"):
        taken_examples(np.zeros((4, 3), np.uint8), "model", SIXTEEN, unread)
    taken, _ = taken_examples(np.full((4, 3), 16, np.uint8), "original", SIXTEEN, unread)
    assert taken.max() == 1
