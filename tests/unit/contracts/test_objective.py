"""The ELBO terms that an objective receives."""

from __future__ import annotations

import numpy as np

from vaereg.contracts.objective import Bound


def test_log_weights_weigh_prior_and_posterior_by_beta():
    bound = Bound(
        log_likelihood=np.array([[-10.0], [-8.0]]),
        log_prior=np.array([[-3.0], [-2.0]]),
        log_posterior=np.array([[-1.0], [-4.0]]),
        kl=None,
        kl_weight=0.5,
    )

    np.testing.assert_allclose(bound.log_weights, [[-11.0], [-7.0]])
