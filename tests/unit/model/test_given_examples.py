"""Examples of another shape than the declared end in one clear error."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import vaereg
from tests.helpers.tiny_vae import data, tiny_vae
from vaereg.errors import DataError
from vaereg.model.given_examples import (
    GivenExamples,
    check_batch_shape,
    check_examples,
    given_examples,
)

IMAGES = vaereg.DataSpec(form="image", shape=(8, 8, 1))
IN_RANGE = vaereg.DataSpec(form="image", shape=(8, 8, 1), value_range=(0.0, 1.0))
WAYS = ["fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "__call__"]
WRONG = np.zeros((16, 5), "float32")


class OfUnknownRank:
    def __iter__(self):
        raise ValueError("unknown rank")


class Dataset:
    element_spec = (np.zeros((2, 7, 8, 1)), np.zeros(2))


def test_a_generator_keeps_its_first_batch():
    examples, again = given_examples((np.full((3, 2), each) for each in range(4)), 0.0)
    assert (examples.in_steps(5), [each[0, 0] for each in again]) == (15, [0, 1, 2, 3])

    examples, again = given_examples((each for each in ()), 0.0)
    assert (examples.in_steps(5), [*again]) == (0, [])


@pytest.mark.parametrize("x", [None, iter(()), [np.zeros(3)], OfUnknownRank(), np.float32(1)])
def test_the_number_of_examples_is_0_where_it_is_not_known(x):
    assert given_examples(x, 0.0) == (GivenExamples(), x)


@pytest.fixture(scope="module")
def vae():
    return tiny_vae()


def test_examples_of_the_declared_shape_pass():
    check_examples(np.zeros((3, 8, 8, 1)), IMAGES)
    check_examples((np.zeros((3, 8, 8, 1)), np.zeros(3)), IMAGES)
    check_examples(iter(()), IMAGES)
    check_batch_shape((None, 8, None, 1), IMAGES)
    check_batch_shape(OfUnknownRank(), IMAGES)


@pytest.mark.parametrize(
    ("x", "says"),
    [
        (np.zeros((3, 8, 8)), r"got \(3, 8, 8\)\.\nAdd the last axis: x\[\.\.\., None\]\."),
        (np.zeros((8, 8, 1)), r"Add the axis of the batch: x\[None\]\."),
        (np.zeros((3, 9, 8, 1)), r"batches of shape \(n, 8, 8, 1\); got \(3, 9, 8, 1\)"),
        (np.zeros(3), r"got \(3,\)"),
        (Dataset(), r"got \(2, 7, 8, 1\)"),
    ],
    ids=["no channels", "one example", "another height", "numbers", "tf.data"],
)
def test_another_shape_is_refused(x, says):
    with pytest.raises(DataError, match=says):
        check_examples(x, IMAGES)


@pytest.mark.parametrize("method", WAYS)
def test_every_way_into_the_model_gives_the_same_error(vae, method):
    with pytest.raises(DataError, match=r"^the model takes batches of shape \(n, 6\); got"):
        getattr(vae, method)(WRONG)


def test_a_generator_of_another_shape_is_refused_and_the_model_goes_on(vae):
    with pytest.raises(DataError, match=r"^the model takes batches of shape \(n, 6\)"):
        vae.fit(((WRONG,) for _ in range(9)), steps_per_epoch=3, epochs=1, verbose=0)

    assert np.isfinite(vae.fit(data(), batch_size=16, verbose=0).history["loss"][0])


@pytest.mark.parametrize("method", WAYS)
def test_masked_values_are_refused_instead_of_what_lies_under_the_mask(vae, method):
    masked = np.ma.masked_less(np.asarray(data()), 0.5)
    assert np.ma.is_masked(masked)
    with pytest.raises(DataError, match=r"values are masked.*\n.*x\.filled"):
        getattr(vae, method)(masked)
    check_examples(np.ma.masked_less(np.zeros((3, 8, 8, 1)), -1.0), IMAGES)  # nothing is masked


def test_values_beyond_the_range_of_the_data_are_told():
    with pytest.warns(UserWarning, match="values from 0 to 255, but the data .* from 0 to 1"):
        check_examples(np.linspace(0, 255, 192).reshape(3, 8, 8, 1), IN_RANGE)
    with pytest.warns(UserWarning, match="NaN or infinite"):
        check_examples(np.full((3, 8, 8, 1), np.nan), IN_RANGE)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_examples(np.full((3, 8, 8, 1), 1.0 + 1e-6, ">f8"), IN_RANGE)
