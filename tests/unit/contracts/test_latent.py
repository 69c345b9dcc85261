"""The value that a posterior returns."""

from __future__ import annotations

import numpy as np
import pytest

from vaereg.contracts.latent import Latent, reparameterized


@pytest.mark.parametrize("extras", [(), {}, {"codes": 3}])
def test_a_posterior_without_terms_has_none(extras):
    assert Latent(z=0.0, mode=0.0, extras=extras).terms == {}


def test_the_terms_of_a_posterior_are_found_in_its_extras():
    latent = Latent(z=0.0, mode=0.0, extras={"terms": {"commitment": 2.0}, "codes": 3})

    assert latent.terms == {"commitment": 2.0}


def test_a_draw_is_the_mode_plus_noise_by_the_standard_deviation():
    mode, log_var = np.array([[1.0, 2.0]]), np.log([[4.0, 9.0]])

    z = reparameterized(mode[:, None], log_var[:, None], np.array([[[0.0, 0.0], [1.0, -1.0]]]))

    assert z.dtype == np.float32
    np.testing.assert_allclose(z, [[[1.0, 2.0], [3.0, -1.0]]], rtol=1e-6)
