"""The sets of the battery: what belongs apart is apart."""

from __future__ import annotations

import numpy as np
import pytest

from tests.battery.sets import KINDS, SETS, RealSet

COUNT = 100


@pytest.fixture(scope="module", params=list(SETS))
def real(request: pytest.FixtureRequest) -> RealSet:
    """Each set, with few images."""
    return SETS[request.param](COUNT)


def contents(images: np.ndarray) -> set[bytes]:
    """The bytes of each image."""
    return {each.tobytes() for each in np.rint(images * 255).astype(np.uint8)}


def test_no_image_is_in_two_splits(real: RealSet):
    data = real.data
    assert data.validation is not None and data.test is not None
    sets = [contents(each.take(np.arange(len(each)))) for each in (data.train, data.validation)]
    sets += [contents(data.test.take(np.arange(COUNT))), contents(real.pool / 255)]

    assert sum(map(len, sets)) == len(set().union(*sets))
    assert len(sets[0]) == len(real.pool) == 2 * COUNT


def test_the_pool_has_images_of_every_kind(real: RealSet):
    assert set(real.pool_kinds) == set(range(KINDS))


def test_kinds_of_training_like_images_are_found(real: RealSet):
    found = real.kinds_of(real.pool)

    assert np.mean(found == real.pool_kinds) > 0.6


def test_foreign_images_have_the_shape_of_the_set(real: RealSet):
    assert real.foreign.dtype == real.pool.dtype == np.uint8
    assert real.foreign.shape == (COUNT, *real.pool.shape[1:])


def test_equal_counts_give_equal_images(real: RealSet):
    assert (SETS[real.name](COUNT).pool == real.pool).all()
