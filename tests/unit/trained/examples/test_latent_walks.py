"""Walks through latents: their ends, their middle, and what each dimension does."""

from __future__ import annotations

import numpy as np
import pytest

import vaereg
from tests.helpers.conditional_run import built, registry_text, spot_data
from vaereg.discovery.declare import declare

DATA = spot_data(20)


@pytest.fixture(scope="module")
def model() -> vaereg.TrainedModel:
    return vaereg.TrainedModel(built(), declare(registry_text()), lambda: DATA)


def test_the_ends_of_an_interpolation_are_reconstructions(model: vaereg.TrainedModel) -> None:
    a, b = DATA.train.take(np.arange(2))
    walk = model.interpolate(a, b, steps=4, given={"label": 1})
    for at, end in ((0, a), (-1, b)):
        assert np.allclose(walk[at], model.reconstruct(end, given={"label": 1}), atol=1e-5)
    with pytest.raises(vaereg.DataError, match="two single examples"):
        model.interpolate(DATA.train.take(np.arange(2)), b, given={"label": 1})
    with pytest.raises(vaereg.UsageError, match="steps must be a whole number of at least 2"):
        model.interpolate(a, b, steps=1, given={"label": 1})


def test_a_traversal_moves_one_dimension_from_the_given_example(
    model: vaereg.TrainedModel,
) -> None:
    start, told = DATA.train.take(np.arange(1))[0], {"label": "right"}
    found = model.traverse(steps=5, width=2.0, at=start, given=told)
    mode = model.encode(start, given=told).mode
    assert found.latents.shape == (2, 5, 2) and sorted(found.dimensions) == [0, 1]
    assert np.allclose(found.latents[:, 2], mode, atol=1e-5)
    for row, dimension in zip(found.latents, found.dimensions, strict=True):
        moved = np.ptp(row, axis=0)
        assert moved[dimension] > 1 and np.allclose(np.delete(moved, dimension), 0, atol=1e-6)
    again = model.decode(found.latents.reshape(-1, 2), given=told)
    assert np.allclose(found.examples.reshape(again.shape), again, atol=1e-5)
    one = model.traverse(steps=2, width=1.0, most=1, at=start, given=told)
    assert len(one.dimensions) == 1 and one.dimensions[0] == found.dimensions[0]
    with pytest.raises(vaereg.UsageError, match="width is a number above 0"):
        model.traverse(width=0, given=told)
