"""The mean and the total variance of real features."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.made_evidence import made_evidence
from vaereg.basics.metrics.evidence import feature_spread as module


@pytest.mark.parametrize("block", [1, 30, 1 << 20])
def test_it_is_the_mean_and_the_trace_of_the_covariance(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BLOCK", block)
    real = np.random.default_rng(0).normal(5.0, 2.0, size=(40, 7)).astype(np.float32)
    evidence = made_evidence(real, real[:3])

    mean, total = module.feature_spread(evidence)

    np.testing.assert_allclose(mean, real.mean(axis=0, dtype=np.float64))
    assert total == pytest.approx(np.trace(np.cov(real, rowvar=False)), rel=1e-9)
    module.feature_spread(evidence)
    assert evidence.computed == [("spread",)]
