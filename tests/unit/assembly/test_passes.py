"""The passes through the parts: shapes, modes, and float32 under any precision."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from tests.helpers import tiny_vae
from vaereg.assembly.passes import Passes, as_float32


def passes(prior=None):
    return Passes(
        encoder=tiny_vae.TinyEncoder(),
        posterior=tiny_vae.TinyPosterior(),
        decoder=tiny_vae.TinyDecoder(),
        likelihood=tiny_vae.TinyLikelihood(),
        prior=prior,
    )


def x(n=5):
    return ops.convert_to_tensor(tiny_vae.data(n))


def test_several_draws_per_example_are_ordered_by_sample_first():
    made = passes()
    latent = made.encode(x(), samples=3, seed=0, training=False)

    assert latent.z.shape == (15, tiny_vae.LATENT)
    modes = ops.convert_to_numpy(latent.mode).reshape(3, 5, tiny_vae.LATENT)
    np.testing.assert_array_equal(modes[0], modes[2])


def test_encoding_to_the_mode_draws_no_noise():
    latent = passes().encode_mode(x())

    np.testing.assert_array_equal(ops.convert_to_numpy(latent.z), ops.convert_to_numpy(latent.mode))


def test_a_reconstruction_is_the_mean_at_the_mode():
    made = passes()
    due = made.mean(made.decode(made.encode_mode(x()).mode))

    got = made.reconstruct(x())

    assert got.shape == (5, tiny_vae.PIXELS)
    np.testing.assert_array_equal(ops.convert_to_numpy(got), ops.convert_to_numpy(due))


def test_half_precision_ends_in_float32():
    keras.config.set_dtype_policy("mixed_bfloat16")
    made = passes(tiny_vae.TinyPrior())
    latent = made.encode(x(), samples=1, seed=0, training=False)

    values = (latent.z, latent.mode, latent.log_var, latent.log_q, made.decode(latent.z))
    for value in (*values, made.reconstruct(x()), made.draw_prior(4, 0)):
        assert keras.backend.standardize_dtype(value.dtype) == "float32"


def test_what_a_posterior_does_not_know_stays_none():
    assert as_float32(None) is None


def test_a_prior_that_is_not_built_yet_cannot_be_used():
    with pytest.raises(ValueError, match="the prior is not built yet"):
        passes().draw_prior(4, 0)
