"""The averages of gradient norms, and the weights that follow from them."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from vaereg.model.term_weights.balancer import DECAY, Balancer

SHARES = {"a": 0.3, "b": 2.0}


def weights(balancer, fixed, **own):
    found = balancer.weights_after(
        ops.convert_to_tensor(fixed, "float32"),
        {term: ops.convert_to_tensor(norm, "float32") for term, norm in own.items()},
    )
    return {term: float(ops.convert_to_numpy(weight)) for term, weight in found.items()}


def average(norms):
    """The moving average as a weighted mean of all finite norms so far, in NumPy."""
    norms = np.array([norm for norm in norms if np.isfinite(norm)])
    kept = DECAY ** np.arange(len(norms))[::-1]
    return (kept * norms).sum() / kept.sum() if len(norms) else 0.0


def test_the_weights_are_those_of_a_second_implementation():
    norms = np.random.default_rng(0).lognormal(size=(50, 3)) * [1.0, 100.0, 1e-3]
    norms[7, 1], norms[9, 0], norms[11, 2] = np.inf, np.nan, np.inf
    balancer = Balancer(SHARES)

    for step in range(1, len(norms) + 1):
        found = weights(balancer, norms[step - 1, 0], a=norms[step - 1, 1], b=norms[step - 1, 2])
        fixed, a, b = (average(norms[:step, term]) for term in range(3))
        # EnCodec, sec. 3.4: share over the sum of shares, times R over the average norm
        total = 1.0 + sum(SHARES.values())
        reference = total * fixed
        assert found["a"] == pytest.approx(0.3 / total * reference / a, rel=1e-4)
        assert found["b"] == pytest.approx(2.0 / total * reference / b, rel=1e-4)


def test_without_fixed_terms_the_shares_sum_to_a_norm_of_one():
    found = weights(Balancer(SHARES), 0.0, a=4.0, b=0.5)

    assert found["a"] * 4.0 + found["b"] * 0.5 == pytest.approx(1.0)
    assert found["a"] * 4.0 / (found["b"] * 0.5) == pytest.approx(0.3 / 2.0)


def test_a_term_without_a_gradient_has_the_weight_zero():
    assert weights(Balancer(SHARES), 1.0, a=0.0, b=1.0) == {"a": 0.0, "b": pytest.approx(2.0)}
