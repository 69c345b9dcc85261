"""Errors for data that an extractor cannot take say what to use instead."""

from __future__ import annotations

import numpy as np
import pytest

import vaereg
from tests.helpers.toy_features import (
    QUICK,
    array_data,
    extractor,
    image_spec,
    images,
    quiet,
    striped_data,
    vector_spec,
)

NETWORKS = {
    "efficientnet_lite0": {},
    "inception_v3": {"weights": "w.pth"},
    "keras_inception_v3": {},
}


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (image_spec(16, 16, 2), r"1 or 3 channels .* have 2\. Use the extractor local_texture"),
        (image_spec(15, 20, 3), "at least 16 x 16 pixels; these are 15 x 20"),
        (vector_spec(5), "takes image data; this data is of form 'vector'"),
        (vector_spec((5, 2), "sequence"), "takes image data; this data is of form 'sequence'"),
    ],
)
def test_a_network_takes_grey_and_colour_images(name, spec, words):
    with pytest.raises(vaereg.DataError, match=words):
        extractor(name, spec, **NETWORKS[name])


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (image_spec(12, 7, 3), "at least 8 x 8 pixels; these are 12 x 7"),
        (vector_spec((5, 2), "sequence"), "takes image or vector data"),
    ],
)
def test_the_classifier_takes_images_and_vectors(spec, words):
    with pytest.raises(vaereg.DataError, match=words):
        extractor("classifier", spec)


def test_the_classifier_needs_labels_of_two_classes():
    spec = image_spec(8, 8, 1)
    x = images(20, 8, 8, 1)
    for labels, words in (
        (None, "this data has none. Use the extractor efficientnet_lite0"),
        (np.full(20, 4), "all 20 training examples belong to class 4. Use the extractor"),
    ):
        with pytest.raises(vaereg.DataError, match=words):
            extractor("classifier", spec, **QUICK).fit(array_data(spec, x, labels), 0, quiet)


def test_images_without_a_range_are_refused():
    spec = image_spec(8, 8, 1, value_range=None)

    with pytest.raises(vaereg.DataError, match="no value range"):
        extractor("pixels", spec).fit(array_data(spec, images(9, 8, 8, 1)), 0, quiet)


def test_examples_of_another_shape_or_not_finite_are_refused():
    found = extractor("pixels", image_spec(8, 8, 1))
    found.fit(striped_data(), 0, quiet)
    broken = images(5, 8, 8, 1)
    broken[3, 0, 0] = np.nan

    with pytest.raises(vaereg.DataError, match=r"of shape \(8, 8, 1\); got .* \(5, 9, 8, 1\)"):
        found(images(5, 9, 8, 1))
    with pytest.raises(vaereg.DataError, match=r"1 of 5 examples .* \(first: number 3\)"):
        found(broken)
