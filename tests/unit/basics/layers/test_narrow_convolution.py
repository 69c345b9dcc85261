"""The convolution to few channels against Keras's own: values and gradients, for every size."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

import vaereg
from vaereg.basics.kernels import narrow_convolution as narrow

SIZES = [
    (3, 1, (28, 28, 8)),
    (3, 2, (5, 6, 4)),
    (3, 3, (4, 7, 2)),
    (4, 1, (7, 5, 6)),
    (5, 1, (6, 6, 3)),
    (1, 1, (4, 4, 3)),
    (3, 40, (4, 4, 3)),
]


WAYS = [narrow.narrow_convolution, narrow._by_slices, narrow._by_convolution]


def plain(x, kernel):
    return ops.conv(x, kernel, strides=1, padding="same", data_format="channels_last")


@pytest.mark.parametrize(("size", "outputs", "shape"), SIZES)
@pytest.mark.parametrize(
    "way", [narrow.narrow_convolution, narrow._by_slices, narrow._by_convolution]
)
def test_it_is_the_convolution(way, size, outputs, shape):
    rng = np.random.default_rng(0)
    x = ops.convert_to_tensor(rng.normal(size=(3, *shape)).astype("float32"))
    kernel = rng.normal(size=(size, size, shape[-1], outputs)).astype("float32")
    kernel = ops.convert_to_tensor(kernel)

    def made(convolve):
        def by_image(x):
            return ops.sum(ops.tanh(convolve(x, kernel)))

        def by_kernel(kernel):
            return ops.sum(ops.tanh(convolve(x, kernel)))

        return [
            convolve(x, kernel),
            vaereg.gradient(by_image, x),
            vaereg.gradient(by_kernel, kernel),
        ]

    for found, expected in zip(made(way), made(plain), strict=True):
        found, expected = ops.convert_to_numpy(found), ops.convert_to_numpy(expected)
        assert found.shape == expected.shape
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())
