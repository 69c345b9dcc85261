"""The gradient that a component may take inside a loss."""

from __future__ import annotations

import numpy as np
from keras import ops

import vaereg


def test_gradient_is_that_of_the_sum_and_differentiable():
    x = ops.convert_to_tensor(np.array([[1.0, 2.0], [3.0, -1.0]], "float32"))

    def cube(v):
        return ops.sum(v**3, axis=-1)

    first = vaereg.gradient(cube, x)
    second = vaereg.gradient(lambda v: ops.sum(vaereg.gradient(cube, v) ** 2, axis=-1), x)

    np.testing.assert_allclose(ops.convert_to_numpy(first), 3 * np.array(x) ** 2, rtol=1e-6)
    np.testing.assert_allclose(ops.convert_to_numpy(second), 36 * np.array(x) ** 3, rtol=1e-6)


def test_the_gradient_of_a_constant_is_zero():
    x = ops.ones((2, 3))
    result = vaereg.gradient(lambda v: ops.ones((2,)) + 0.0 * ops.stop_gradient(v)[:, 0], x)
    assert not np.any(ops.convert_to_numpy(result))
