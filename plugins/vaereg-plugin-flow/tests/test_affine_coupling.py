"""One coupling: forward, inverse, and its determinant against the Jacobian."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops
from vaereg_plugin_flow.affine_coupling import AffineCoupling

import vaereg

MASK = np.array([1, 0, 1, 0, 0], np.float32)


@pytest.fixture
def coupling(randomize):
    def made(random=True, widths=(8,), scale_bound=2.0):
        layer = AffineCoupling(MASK, widths, "gelu", scale_bound, name="coupling")
        layer.build((None, 5))
        return randomize(layer, strength=1.0) if random else layer

    return made


def numbers(value):
    return np.asarray(ops.convert_to_numpy(value))


def latents(count=6):
    return ops.convert_to_tensor(np.random.default_rng(1).normal(size=(count, 5)).astype("float32"))


def jacobian(function, x):
    """d function(x)_i / d x_j, (B, size, size), by the backend's gradients."""
    rows = [
        numbers(vaereg.gradient(lambda v, i=i: function(v)[0][:, i], x)) for i in range(x.shape[1])
    ]
    return np.stack(rows, axis=1).astype("float64")


def test_at_first_it_is_the_identity(coupling):
    u = latents()

    z, log_det = coupling(random=False).to_latent(u)

    assert np.array_equal(numbers(z), numbers(u))
    assert np.array_equal(numbers(log_det), np.zeros(6))


@pytest.mark.parametrize("widths", [(), (8,), (8, 8)], ids=str)
def test_the_way_back_undoes_the_way_there(coupling, widths):
    layer, u = coupling(widths=widths), latents()

    z, there = layer.to_latent(u)
    back, log_det = layer.from_latent(z)

    assert np.abs(numbers(z) - numbers(u)).max() > 0.1
    np.testing.assert_allclose(numbers(back), numbers(u), atol=1e-5)
    np.testing.assert_allclose(numbers(log_det), -numbers(there), atol=1e-5)


@pytest.mark.parametrize("direction", ["to_latent", "from_latent"])
def test_the_determinant_is_that_of_the_jacobian(coupling, direction):
    function, x = getattr(coupling(), direction), latents()

    sign, expected = np.linalg.slogdet(jacobian(function, x))

    assert np.all(sign == 1)
    assert np.abs(expected).max() > 0.1
    np.testing.assert_allclose(numbers(function(x)[1]), expected, atol=1e-4)


def test_only_the_moved_values_move_and_only_the_kept_ones_say_how(coupling):
    layer, u = coupling(), latents()
    other = u + ops.convert_to_tensor(1 - MASK)  # other moved values, the same kept ones

    z, log_det = layer.to_latent(u)
    other_z, other_det = layer.to_latent(other)

    assert np.array_equal(numbers(z)[:, MASK == 1], numbers(u)[:, MASK == 1])
    assert np.array_equal(numbers(log_det), numbers(other_det))
    # affine in what is moved: one unit further is exp(s) further, and the product is exp(sum s)
    stretched = np.prod((numbers(other_z) - numbers(z))[:, MASK == 0], axis=1)
    np.testing.assert_allclose(np.log(stretched), numbers(log_det), atol=1e-4)


def test_no_network_can_scale_beyond_the_bound(coupling):
    layer = coupling(scale_bound=0.5)
    layer.last.bias.assign(np.full(10, 1e3, "float32"))

    _, log_det = layer.to_latent(latents())

    np.testing.assert_allclose(numbers(log_det), 3 * 0.5, rtol=1e-5)  # three values are moved


def test_it_keeps_to_float32_under_mixed_precision(coupling, vaereg_precision):
    exact = numbers(coupling().to_latent(latents())[0])
    vaereg_precision("mixed_bfloat16")

    layer = coupling()
    found = numbers(layer.to_latent(latents())[0])

    assert all(each.dtype == "float32" for each in layer.variables)
    assert np.array_equal(found, exact)
