import attrs
import numpy as np

import vaereg
from vaereg.evaluation.evidence.quantized import Quantizer, quantized_data, quantizer_of

IMAGE = vaereg.DataSpec(form="image", shape=(2, 2, 1), value_range=(-1.0, 1.0))
VECTOR = vaereg.DataSpec(form="vector", shape=(3,), value_range=None)


def test_eight_bit_values_come_back_exactly():
    levels = np.arange(256, dtype=np.float32)
    images = (levels / 255 * 2 - 1).reshape(64, 2, 2, 1)

    seen = quantizer_of(IMAGE, images)(images)

    assert np.array_equal(np.rint(seen * 255).ravel(), levels)
    assert np.array_equal(seen.ravel(), levels / np.float32(255))


def test_values_between_and_beyond_are_rounded_and_clipped():
    images = np.array([-3.0, 0.0013, 0.9999, 7.0], np.float32).reshape(1, 2, 2, 1)

    seen = Quantizer(spec=IMAGE, low=0.0, high=1.0)(images).ravel()

    assert seen.tolist() == [0.0, 0.0, 1.0, 1.0]


def test_an_unbounded_range_is_that_of_the_training_examples():
    spec = attrs.evolve(IMAGE, value_range=None)
    train = np.array([5.0, 7.0, 9.0, 15.0], np.float32).reshape(1, 2, 2, 1)

    quantizer = quantizer_of(spec, train)

    assert quantizer(train).ravel()[[0, 3]].tolist() == [0.0, 1.0]
    assert quantizer.quantized_spec.value_range == (0.0, 1.0)


def test_a_constant_range_divides_by_nothing():
    spec = attrs.evolve(IMAGE, value_range=None)
    flat = np.full((1, 2, 2, 1), 4.0, np.float32)

    assert np.isfinite(quantizer_of(spec, flat)(flat)).all()


def test_vectors_stay_as_they_are():
    vectors = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)

    assert np.array_equal(quantizer_of(VECTOR, vectors)(vectors), vectors)


def test_a_quantized_data_set_keeps_order_and_labels():
    images = np.linspace(-1, 1, 12, dtype=np.float32).reshape(3, 2, 2, 1)
    split = vaereg.ArraySplit(images, np.array([2, 0, 1]))
    data = vaereg.Data(spec=IMAGE, train=split, test=split, digest="made")

    seen = quantized_data(data, quantizer_of(IMAGE, images))

    assert seen.validation is None
    assert seen.spec.value_range == (0.0, 1.0)
    assert seen.test.labels(np.array([1, 0])).tolist() == [0, 2]
    assert np.array_equal(seen.train.take(np.array([2])), quantizer_of(IMAGE, images)(images[2:]))
